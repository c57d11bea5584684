export type Range = [number, number]

const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/** The next round number at or above x: growing data moves an axis in steps, not with every point. */
export function stepUp(x: number): number {
  if (!(x > 0)) return 1
  const unit = 10 ** Math.floor(Math.log10(x))
  const step = STEPS.find((candidate) => candidate * unit >= x * (1 - 1e-9))
  return (step ?? 10) * unit
}

/** Distance between grid lines for `span`: 1, 2 or 5 times a power of ten, about `count` of them. */
export function tickStep(span: number, count = 4): number {
  const rough = span / count
  const unit = 10 ** Math.floor(Math.log10(rough))
  const ratio = rough / unit
  return unit * (ratio > 5 ? 10 : ratio > 2 ? 5 : ratio > 1 ? 2 : 1)
}

/** Round bounds around [low, high]. */
export function niceRange(low: number, high: number): Range {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  if (low === high) {
    const half = Math.abs(low) > 0 ? Math.abs(low) * 0.5 : 0.5
    return [low - half, high + half]
  }
  const step = tickStep(high - low) / 4
  const floor = Math.floor(low / step + 1e-9) * step
  const ceiling = Math.ceil(high / step - 1e-9) * step
  return [floor, ceiling]
}

/** The range to show: the previous one while the data fit and fill at least a third of it, else a new round one. */
export function steady(previous: Range | undefined, low: number, high: number): Range {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return previous ?? [0, 1]
  const fits = previous && low >= previous[0] && high <= previous[1]
  if (fits && high - low >= (previous[1] - previous[0]) / 3) return previous
  if (fits && low === high) return previous
  return niceRange(low, high)
}

/** Bounds of the finite values; [Infinity, -Infinity] when there are none. */
export function extent(values: Iterable<number>): Range {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}
