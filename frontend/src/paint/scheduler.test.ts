import { describe, expect, it } from 'vitest'
import { Scheduler } from './scheduler'

const TICK = 62

/** A clock that painting moves: every repaint costs `cost` ms. */
function world(count: number, cost: number) {
  let now = 0
  let frame: () => void = () => {}
  const scheduler = new Scheduler(8, {
    now: () => now,
    frame: (callback) => {
      frame = callback
      return () => {}
    },
  })
  const painted = Array.from({ length: count }, () => 0)
  const version = { value: 0 }
  const removes = painted.map((_, i) =>
    scheduler.add({
      id: `c${i}`,
      stamp: () => String(version.value),
      paint: () => {
        painted[i]! += 1
        now += cost
      },
    }),
  )
  painted.forEach((_, i) => {
    scheduler.setVisible(`c${i}`, true)
  })
  const step = (changes = true) => {
    if (changes) version.value += 1
    const before = now
    frame()
    const spent = now - before
    now = before + Math.max(TICK, spent)
    return spent
  }
  return { scheduler, painted, step, removes }
}

describe('Scheduler', () => {
  it('stays within its budget plus one repaint', () => {
    const { step } = world(20, 5)
    for (let i = 0; i < 50; i++) expect(step()).toBeLessThanOrEqual(10)
  })

  it('gives every changing chart its turn', () => {
    const { painted, step } = world(12, 8)
    for (let i = 0; i < 120; i++) step()
    expect(Math.max(...painted) - Math.min(...painted)).toBeLessThanOrEqual(1)
  })

  it('favours the chart last touched without starving the rest', () => {
    const { scheduler, painted, step } = world(10, 8)
    for (let i = 0; i < 100; i++) {
      scheduler.touch('c4')
      step()
    }
    expect(painted[4]).toBeGreaterThan(20)
    expect(Math.min(...painted)).toBeGreaterThanOrEqual(4)
  })

  it('repaints six charts within 250 ms and the others at leisure', () => {
    const { painted, step } = world(12, 1)
    for (let i = 0; i < 160; i++) step()
    const seconds = (160 * TICK) / 1000
    expect(Math.min(...painted.slice(0, 6)) / seconds).toBeGreaterThan(4)
    expect(Math.max(...painted.slice(6)) / seconds).toBeLessThan(2.1)
  })

  it('does not make a rest of what must look different at once', () => {
    const { scheduler, painted, step } = world(1, 1)
    step()
    scheduler.invalidate('c0')
    step(false)
    expect(painted).toEqual([2])
  })

  it('paints neither what is hidden nor what has not changed', () => {
    const { scheduler, painted, step } = world(2, 1)
    scheduler.setVisible('c0', false)
    step()
    step(false)
    step(false)
    expect(painted).toEqual([0, 1])
  })

  it('forgets what was removed', () => {
    const { painted, step, removes } = world(2, 1)
    removes[0]!()
    step()
    expect(painted).toEqual([0, 1])
  })
})
