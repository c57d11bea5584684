import { tick } from '../paint/format'
import type { Range } from '../paint/ranges'
import type { HistogramRow } from '../store/distributions'

/** A bin with its samples; its bar stands at its number, because all bins are equally wide on the axis of the grid. */
export interface Bar {
  bin: number
  low: number
  high: number
  count: number
  share: number
}

/** The bins first..last (numbers into `counts`, underflow is 0) with their share of all samples. */
export function bars(edges: number[], { counts, n }: Pick<HistogramRow, 'counts' | 'n'>, [first, last]: Range): Bar[] {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const bin = first + i
    const count = counts[bin]!
    return { bin, low: edges[bin - 1]!, high: edges[bin]!, count, share: count / Math.max(1, n) }
  })
}

export function countIn(counts: ArrayLike<number>, [first, last]: Range): number {
  let sum = 0
  for (let bin = first; bin <= last; bin++) sum += counts[bin]!
  return sum
}

/** Where a value lies on the axis of bin numbers, whose borders are the half-integers; null outside the grid. */
export function position(edges: number[], value: number): number | null {
  const above = edges.findIndex((edge) => edge > value)
  if (above <= 0) return null
  const [low, high] = [edges[above - 1]!, edges[above]!]
  return above - 0.5 + (value - low) / (high - low)
}

const READABLE = [
  1, 0, -1, 10, -10, 100, -100, 0.1, -0.1, 2, 0.5, 1.1, 0.9, 1.2, 0.8, 1000, -1000, 5, 0.2, -5, 1e4, -1e4,
]

/** Readable values where the axis of bin numbers has them, so that a grid with growing bins reads as the scale it is. */
export function edgeTicks(edges: number[], [low, high]: Range, count = 7): { ticks: number[]; labels: string[] } {
  const room = (high - low) / count
  const chosen: { at: number; value: number }[] = []
  for (const value of READABLE) {
    const at = position(edges, value)
    const fits = at !== null && at >= low && at <= high
    if (fits && chosen.every((other) => Math.abs(other.at - at) >= room)) chosen.push({ at, value })
  }
  return { ticks: chosen.map(({ at }) => at), labels: chosen.map(({ value }) => tick(value)) }
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
  const most = TAIL * countIn(counts, [first, last])
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
