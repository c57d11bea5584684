import type { Range } from '../paint/ranges'
import type { HistogramRow } from '../store/distributions'

/** Neighbouring bins of a grid taken as one: counts[first..last] lie in [low, high). */
export interface Strip {
  low: number
  high: number
  first: number
  last: number
}

/** A strip with its samples. Height is share per unit of width, so that strips of different width compare. */
export interface Bar extends Strip {
  count: number
  density: number
}

/**
 * The grid between two bins (numbers into `counts`, underflow is 0), neighbours joined while they stay within `width`;
 * never across a value in `borders`.
 */
export function strips(edges: number[], [first, last]: Range, width: number, borders: number[] = []): Strip[] {
  const out: Strip[] = []
  for (let bin = first; bin <= last; bin++) {
    const [low, high] = [edges[bin - 1]!, edges[bin]!]
    const before = out.at(-1)
    const border = borders.some((at) => Math.abs(at - low) < 1e-9)
    if (before && !border && high - before.low <= width) Object.assign(before, { high, last: bin })
    else out.push({ low, high, first: bin, last: bin })
  }
  return out
}

export function countIn({ first, last }: Strip, counts: ArrayLike<number>): number {
  let sum = 0
  for (let bin = first; bin <= last; bin++) sum += counts[bin]!
  return sum
}

/** Share of `n` samples per unit of the axis; areas add up to the share that lies inside the grid. */
export const densityOf = (count: number, n: number, { low, high }: Strip): number =>
  count / Math.max(1, n) / (high - low)

export function bars(shown: Strip[], { counts, n }: Pick<HistogramRow, 'counts' | 'n'>): Bar[] {
  return shown.map((strip) => {
    const count = countIn(strip, counts)
    return { ...strip, count, density: densityOf(count, n, strip) }
  })
}

/** First and last occupied bin; null when every sample lies outside the grid or none is finite. */
export function occupied(counts: ArrayLike<number>): Range | null {
  let first = 1
  let last = counts.length - 2
  while (first <= last && counts[first] === 0) first += 1
  while (last >= first && counts[last] === 0) last -= 1
  return first <= last ? [first, last] : null
}

const TAIL = 0.01

/** The bins that hold all but one percent of the samples on either side. */
export function core(counts: ArrayLike<number>, [first, last]: Range): Range {
  const most = TAIL * countIn({ low: 0, high: 0, first, last }, counts)
  let [low, high] = [first, last]
  for (let seen = counts[low]!; seen <= most && low < high; seen += counts[low]!) low += 1
  for (let seen = counts[high]!; seen <= most && high > low; seen += counts[high]!) high -= 1
  return [low, high]
}

/** Standard deviation as the bins tell it, by their mid-points: an estimate. */
export function spread(edges: number[], counts: ArrayLike<number>): number {
  let [weight, sum, squares] = [0, 0, 0]
  for (let bin = 1; bin < edges.length; bin++) {
    const middle = (edges[bin - 1]! + edges[bin]!) / 2
    const count = counts[bin]!
    weight += count
    sum += count * middle
    squares += count * middle * middle
  }
  return weight > 0 ? Math.sqrt(Math.max(0, squares / weight - (sum / weight) ** 2)) : Number.NaN
}

/** Median as the bins tell it, by proportion inside its bin; NaN when it lies outside the grid. */
export function median(edges: number[], counts: ArrayLike<number>): number {
  let total = 0
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]!
  let seen = 0
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin]!
    if (count > 0 && seen + count >= total / 2) {
      const [low, high] = [edges[bin - 1] ?? Number.NaN, edges[bin] ?? Number.NaN]
      return low + ((total / 2 - seen) / count) * (high - low)
    }
    seen += count
  }
  return Number.NaN
}
