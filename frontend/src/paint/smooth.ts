import type { SeriesBuffer } from '../store/series'
import type { Line } from './decimate'

/**
 * Exponential moving average with debias: s_t = w s_{t-1} + (1 - w) y_t, shown as s_t / (1 - w^t), t counting finite
 * points only. A bucket of n points counts as n points of its mean. A bucket without a finite point is a gap; a constant
 * series is left as it is.
 */
export function ema(series: SeriesBuffer, weight: number): Line {
  const x = Array.from(series.x1.subarray(0, series.length))
  if (weight <= 0 || constant(series)) return { x, y: Array.from(series.mean.subarray(0, series.length)) }
  const y = new Array<number>(series.length)
  let sum = 0
  let debias = 1
  for (let i = 0; i < series.length; i++) {
    const finite = series.n[i]! - series.nonfinite[i]!
    const mean = series.mean[i]!
    if (finite <= 0 || Number.isNaN(mean)) {
      y[i] = Number.NaN
      continue
    }
    const keep = weight ** finite
    sum = keep * sum + (1 - keep) * mean
    debias *= keep
    y[i] = sum / (1 - debias)
  }
  return { x, y }
}

function constant(series: SeriesBuffer): boolean {
  for (let i = 0; i < series.length; i++) {
    if (series.min[i]! !== series.max[i]! || series.mean[i]! !== series.mean[0]!) return false
  }
  return true
}
