import { describe, expect, it } from 'vitest'
import { niceRange, steady, stepUp } from './ranges'

describe('ranges', () => {
  it('step up to round numbers', () => {
    expect([1, 1.1, 9, 101, 195, 200_000].map(stepUp)).toEqual([1, 1.25, 10, 125, 200, 200_000])
    expect(stepUp(0)).toBe(1)
  })

  it('contain the data', () => {
    for (const [low, high] of [
      [0.013, 0.97],
      [-3.2, 7],
      [5, 5],
      [1e-9, 2e-9],
    ] as const) {
      const [from, to] = niceRange(low, high)
      expect(from).toBeLessThanOrEqual(low)
      expect(to).toBeGreaterThanOrEqual(high)
    }
  })

  it('stay while the data fit, and move when they do not', () => {
    const first = steady(undefined, 0, 9.3)
    expect(steady(first, 0, 9.4)).toBe(first)
    expect(steady(first, 0, 30)[1]).toBeGreaterThanOrEqual(30)
    expect(steady(first, 0, 0.5)[1]).toBeLessThan(2)
  })

  it('survive data without a finite value', () => {
    expect(steady(undefined, Infinity, -Infinity)).toEqual([0, 1])
  })
})
