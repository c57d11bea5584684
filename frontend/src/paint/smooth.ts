import type { SeriesBuffer } from '../store/series'
import type { Line } from './decimate'

/** A moving average on its way: s_t, and w^t of the debias. */
export interface Average {
  sum: number
  debias: number
}

const COLD: Average = { sum: 0, debias: 1 }

/**
 * Exponential moving average with debias: s_t = w s_{t-1} + (1 - w) y_t, shown as s_t / (1 - w^t), t counting finite
 * points only. A bucket of n points counts as n points of its mean. A bucket without a finite point is a gap; a constant
 * series is left as it is. `start` is the average of what came before the first point.
 */
export function ema(series: SeriesBuffer, weight: number, start: Average = COLD): Line {
  const x = Array.from(series.x1.subarray(0, series.length))
  if (weight <= 0 || (start === COLD && constant(series)))
    return { x, y: Array.from(series.mean.subarray(0, series.length)) }
  const y = new Array<number>(series.length)
  let average = start
  for (let i = 0; i < series.length; i++) {
    const next = step(average, series, i, weight)
    y[i] = next ? next.sum / (1 - next.debias) : Number.NaN
    average = next ?? average
  }
  return { x, y }
}

/** The average as it stands before position `x`: where a zoomed window begins, so that its curve goes on. */
export function averageBefore(series: SeriesBuffer, weight: number, x: number): Average | undefined {
  let average = COLD
  for (let i = 0; i < series.length && series.x1[i]! < x; i++) average = step(average, series, i, weight) ?? average
  return average === COLD ? undefined : average
}

/** One bucket further; null where it has nothing finite. */
function step({ sum, debias }: Average, series: SeriesBuffer, i: number, weight: number): Average | null {
  const finite = series.n[i]! - series.nonfinite[i]!
  const mean = series.mean[i]!
  if (finite <= 0 || Number.isNaN(mean)) return null
  const keep = weight ** finite
  return { sum: keep * sum + (1 - keep) * mean, debias: debias * keep }
}

function constant(series: SeriesBuffer): boolean {
  for (let i = 0; i < series.length; i++) {
    if (series.min[i]! !== series.max[i]! || series.mean[i]! !== series.mean[0]!) return false
  }
  return true
}
