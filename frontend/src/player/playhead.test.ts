import { describe, expect, it } from 'vitest'
import { Playhead } from './playhead'

function head(length: number, t = 0, playing = false) {
  const made = new Playhead()
  made.load(length, t, playing)
  return made
}

describe('Playhead', () => {
  it('shows 25 steps in a second, whatever the screen does', () => {
    for (const frame of [4, 16.7, 40, 250]) {
      const here = head(201, 0, true)
      for (let at = 0; at < 1000 - 1e-6; at += frame) here.advance(Math.min(frame, 1000 - at))
      expect(Math.abs(here.t.value - 25), `frames of ${frame} ms`).toBeLessThanOrEqual(1)
    }
  })

  it('goes at the speed asked for', () => {
    for (const [speed, t] of [
      [0.25, 6],
      [2, 50],
      [8, 200],
    ] as const) {
      const here = head(1001, 0, true)
      here.speed.value = speed
      here.advance(1000)
      expect(here.t.value).toBe(t)
    }
  })

  it('stops at the last picture, and begins again from there', () => {
    const here = head(11, 9, true)
    here.advance(1000)
    expect([here.t.value, here.playing.value]).toEqual([10, false])
    here.toggle()
    expect([here.t.value, here.playing.value]).toEqual([0, true])
  })

  it('begins again by itself in a loop, after the last picture was shown', () => {
    const here = head(3, 0, true)
    here.loop.value = true
    const seen = [0, 1, 2, 3].map(() => {
      here.advance(40)
      return here.t.value
    })
    expect(seen).toEqual([1, 2, 0, 1])
  })

  it('steps by single pictures within the episode and stands still', () => {
    const here = head(3, 1, true)
    here.step(1)
    here.step(1)
    expect([here.t.value, here.playing.value]).toEqual([2, false])
    here.step(-5)
    expect(here.t.value).toBe(0)
  })

  it('has no speed beyond the ladder', () => {
    const here = head(3)
    for (let i = 0; i < 9; i++) here.nudge(1)
    expect(here.speed.value).toBe(8)
    for (let i = 0; i < 9; i++) here.nudge(-1)
    expect(here.speed.value).toBe(0.25)
  })

  it('does not play what has one picture', () => {
    const here = head(1)
    here.toggle()
    expect(here.playing.value).toBe(false)
  })
})
