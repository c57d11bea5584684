import { describe, expect, it } from 'vitest'
import { input } from '../testing/fixtures'
import { atShare, shareOf, timeScale, zoomed } from './scale'

describe('a horizontal scale', () => {
  const linear = { range: [0, 200] as [number, number], log: false }
  const log = { range: [1, 10_000] as [number, number], log: true }

  it('places equal differences, or equal factors, at equal distances', () => {
    expect([0, 50, 200].map((x) => shareOf(x, linear))).toEqual([0, 0.25, 1])
    expect([1, 10, 100, 10_000].map((x) => shareOf(x, log))).toEqual([0, 0.25, 0.5, 1])
    for (const scale of [linear, log]) expect(shareOf(atShare(0.3, scale), scale)).toBeCloseTo(0.3)
  })

  it('keeps what is under the pointer there when the wheel turns', () => {
    for (const scale of [linear, log]) {
      const near = { ...scale, range: zoomed(scale, 100, 0.5) }
      expect(shareOf(100, near)).toBeCloseTo(shareOf(100, scale))
      expect(near.range[0]).toBeGreaterThan(scale.range[0])
      expect(near.range[1]).toBeLessThan(scale.range[1])
    }
  })

  it('begins at the first update where there is no zero', () => {
    expect(timeScale(input({ now: 100, logTime: true, place: (u) => 256 * u })).range[0]).toBe(50)
    expect(timeScale(input({ now: 1e6, logTime: true, place: (u) => 256 * u })).range[0]).toBe(256)
    expect(timeScale(input({ now: 100 })).range[0]).toBe(0)
  })
})
