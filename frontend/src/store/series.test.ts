import { describe, expect, it } from 'vitest'
import { buffer } from '../testing/fixtures'
import { SeriesBuffer } from './series'

const values = (series: SeriesBuffer) => Array.from(series.last.subarray(0, series.length))

describe('SeriesBuffer', () => {
  it('keeps every value in order while it grows past its first capacity', () => {
    const wanted = Array.from({ length: 1000 }, (_, i) => Math.sin(i))
    const series = buffer(wanted)
    expect(values(series)).toEqual(wanted)
    expect(series.total).toBe(1000)
    expect(series.lastX).toBe(1000)
  })

  it('raises its version with every point', () => {
    const series = new SeriesBuffer()
    series.pushValue(1, 2)
    const before = series.version
    series.pushValue(2, 2)
    expect(series.version).toBeGreaterThan(before)
  })

  it('counts a non-finite value and keeps it out of the extremes', () => {
    const series = buffer([1, Number.NaN, Infinity])
    expect(Array.from(series.nonfinite.subarray(0, 3))).toEqual([0, 1, 1])
    expect(series.max[1]).toBeNaN()
    expect(series.last[2]).toBe(Infinity)
  })

  it('merges its older half at the limit and loses neither extremes nor counts', () => {
    const wanted = Array.from({ length: 500 }, (_, i) => (i === 3 ? 99 : i === 4 ? Number.NaN : i % 7))
    const series = buffer(wanted, 64)
    expect(series.length).toBeLessThanOrEqual(64)
    expect(series.total).toBe(500)
    expect(Math.max(...series.max.subarray(0, series.length))).toBe(99)
    expect(series.nonfinite.subarray(0, series.length).reduce((a, b) => a + b)).toBe(1)
    expect(series.x0[0]).toBe(1)
    expect(series.lastX).toBe(500)
    const weighted = Array.from(
      { length: series.length },
      (_, i) => series.mean[i]! * (series.n[i]! - series.nonfinite[i]!),
    )
    const truth = wanted.filter(Number.isFinite).reduce((a, b) => a + b)
    expect(weighted.reduce((a, b) => a + b)).toBeCloseTo(truth, 9)
  })
})
