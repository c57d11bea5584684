import { effect } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import { episode, view } from '../testing/episodes'
import { pushView, Tape, tapeOf } from './tape'

const watched = (...views: Parameters<typeof view>[0][]) => {
  const tape = new Tape(1, 7)
  for (const one of views) pushView(tape, view(one), 0.5)
  return tape
}

describe('Tape of a recorded episode', () => {
  it('has one picture more than steps, and the rewards summed up to each', () => {
    const tape = tapeOf(episode(3))
    expect([tape.steps, tape.pictures]).toEqual([3, 4])
    expect(tape.returns).toEqual([1, 2, 3])
    expect(tape.ending).toBe('terminated')
  })

  it('keeps what was not measured apart from zero', () => {
    const one = episode(2)
    one.steps.value = [null, null]
    expect(tapeOf(one).value).toEqual([Number.NaN, Number.NaN])
  })

  it('says why there is no picture', () => {
    const tape = tapeOf({ ...episode(2), view: { kind: 'none', reason: 'No display.' } })
    expect([tape.blank, tape.pictures]).toEqual(['No display.', 2])
  })
})

describe('Tape of what is watched', () => {
  it('computes r + gamma V(next) - V for each step as soon as the next value is known', () => {
    const tape = watched({ t: 0, value: 10, reward: 1 }, { t: 1, value: 8, reward: 1 }, { t: 2, value: 6, reward: 1 })
    expect(tape.advantage.slice(0, 2)).toEqual([1 + 0.5 * 8 - 10, 1 + 0.5 * 6 - 8])
    expect(tape.advantage[2]).toBeNaN()
  })

  it('invents no advantage across a step that it missed', () => {
    const tape = watched({ t: 0, value: 10 }, { t: 2, value: 8 })
    expect(tape.advantage[0]).toBeNaN()
  })

  it('places steps where they were in the episode, missed ones included', () => {
    const tape = watched({ t: 5 }, { t: 6 }, { t: 9 })
    expect([0, 1, 2].map((t) => tape.x(t))).toEqual([0, 1, 4])
    expect([0, 1, 2, 3, 4, 99].map((x) => tape.nearest(x))).toEqual([0, 1, 1, 1, 2, 2])
  })

  it('tells whoever reads its steps that it grew', () => {
    const tape = new Tape(1, 7)
    const seen: number[] = []
    const stop = effect(() => void seen.push(tape.steps))
    pushView(tape, view({ t: 0 }), 1)
    pushView(tape, view({ t: 1 }), 1)
    stop()
    expect(seen).toEqual([0, 1, 2])
  })

  it('forgets old images, not their numbers', () => {
    const tape = new Tape(1, 7)
    for (let t = 0; t < 300; t++) pushView(tape, view({ t, state: null, image: `data:${t}` }), 1)
    expect(tape.images.filter(Boolean)).toHaveLength(250)
    expect(tape.images.at(-1)).toBe('data:299')
    expect(tape.steps).toBe(300)
  })
})
