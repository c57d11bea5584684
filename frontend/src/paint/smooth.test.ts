import { describe, expect, it } from 'vitest'
import { SeriesBuffer } from '../store/series'
import { buffer } from '../testing/fixtures'
import { averageBefore, ema } from './smooth'

/** The closed form: a weighted mean with weights w^(t - i), over finite points only. */
function weightedMean(values: number[], w: number): number[] {
  return values.map((value, t) => {
    if (!Number.isFinite(value)) return Number.NaN
    const past = values.slice(0, t + 1).filter(Number.isFinite)
    const weights = past.map((_, i) => w ** (past.length - 1 - i))
    const sum = weights.reduce((a, b) => a + b)
    return past.reduce((a, y, i) => a + y * weights[i]!, 0) / sum
  })
}

describe('ema', () => {
  it.each([0.3, 0.6, 0.99])('agrees with the weighted mean for w = %s', (w) => {
    const values = [3, 1, Number.NaN, 4, 1, 5, Infinity, 9, 2, 6]
    const wanted = weightedMean(values, w)
    const { y } = ema(buffer(values), w)
    y.forEach((value, i) => {
      if (Number.isNaN(wanted[i]!)) expect(value).toBeNaN()
      else expect(value).toBeCloseTo(wanted[i]!, 10)
    })
  })

  it('starts at the first value instead of at zero', () => {
    expect(ema(buffer([100, 101]), 0.9).y[0]).toBeCloseTo(100)
  })

  it('counts a bucket as the points in it', () => {
    const bucket = new SeriesBuffer()
    bucket.push({ x0: 1, x1: 3, n: 3, nonfinite: 0, min: 5, max: 5, mean: 5, last: 5 })
    bucket.pushValue(4, 8)
    expect(ema(bucket, 0.6).y[1]).toBeCloseTo(ema(buffer([5, 5, 5, 8]), 0.6).y[3]!, 12)
  })

  it('leaves a constant series alone', () => {
    expect(ema(buffer([0.1, 0.1, 0.1]), 0.6).y).toEqual([0.1, 0.1, 0.1])
  })

  it.each([0.6, 0.95])('goes on in a window as if it had begun with the first point, w = %s', (w) => {
    const values = Array.from({ length: 60 }, (_, i) => (i * 7919) % 101)
    const whole = buffer(values)
    const window = new SeriesBuffer()
    for (let i = 40; i < 60; i++) window.pushValue(i + 1, values[i]!)
    const start = averageBefore(whole, w, 41)!
    const wanted = weightedMean(values, w).slice(40)
    ema(window, w, start).y.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 10)
    })
    expect(ema(window, w).y[0]).not.toBeCloseTo(wanted[0]!, 1)
    expect(averageBefore(whole, w, 1)).toBeUndefined()
  })
})
