import { describe, expect, it } from 'vitest'
import { buffer } from '../testing/fixtures'
import { decimate, thinned } from './decimate'

describe('decimate', () => {
  it('keeps every extreme of every pixel column', () => {
    const values = Array.from(
      { length: 10_000 },
      (_, i) => Math.sin(i / 50) + (i === 4321 ? 40 : 0) - (i === 77 ? 30 : 0),
    )
    const line = decimate(buffer(values, 20_000), { from: 0, to: 10_001 }, 200)
    expect(Math.max(...line.y)).toBe(Math.max(...values))
    expect(Math.min(...line.y)).toBe(Math.min(...values))
    expect(line.x[line.y.indexOf(Math.max(...values))]).toBe(4322)
    expect(line.x.length).toBeLessThanOrEqual(4 * 201)
  })

  it('draws few points as they are, in order', () => {
    const line = decimate(buffer([3, 1, 2]), { from: 0, to: 4 }, 400)
    expect(line).toEqual({ x: [1, 2, 3], y: [3, 1, 2] })
  })

  it('breaks the line at a non-finite point', () => {
    const line = decimate(buffer([1, Number.NaN, 2]), { from: 0, to: 4 }, 400)
    expect(line.y[0]).toBe(1)
    expect(line.y[1]).toBeNaN()
    expect(line.y[2]).toBe(2)
  })

  it('leaves out what lies outside the window', () => {
    expect(decimate(buffer([1, 2, 3, 4]), { from: 2, to: 3 }, 10).y).toEqual([2, 3])
  })
})

describe('thinned', () => {
  it('keeps the last point and every gap', () => {
    const x = Array.from({ length: 100 }, (_, i) => i)
    const line = thinned({ x, y: x.map((v) => (v === 41 ? Number.NaN : v)) }, 10)
    expect(line.x.at(-1)).toBe(99)
    expect(line.x).toContain(41)
    expect(line.x.length).toBeLessThan(20)
  })
})
