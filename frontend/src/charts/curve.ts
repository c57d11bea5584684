import { decimate, type Line, thinned } from '../paint/decimate'
import type { Trace } from '../paint/plot'
import type { Range } from '../paint/ranges'
import { averageBefore, ema } from '../paint/smooth'
import type { Entry } from '../store/book'
import type { SeriesBuffer } from '../store/series'
import { ghost } from './layout'

/** One series as it is drawn: the raw curve, and the smoothed one over it. */
export interface Curve {
  name: string
  entry: Entry
  colour: string
  dash?: string
  raw: Line
  smooth: Line | null
}

export interface CurveLook {
  name: string
  colour: string
  dash?: string
  smoothing: number
  log: boolean
  /** Columns of points that there is room for. */
  columns: number
}

/** `whole`: the series from its first point, where `entry` is only a zoomed window of it. */
export function curveOf(entry: Entry, whole: Entry | undefined, x: Range, look: CurveLook): Curve {
  const { name, colour, dash, smoothing, log, columns } = look
  const raw = positive(decimate(entry.buffer, { from: x[0], to: x[1] }, columns), log)
  const smooth = smoothing > 0 ? positive(clip(smoothed(entry, whole, smoothing), x, columns), log) : null
  return { name, entry, colour, dash, raw, smooth }
}

/** The moving average; of a window it begins with what came before the window, as the whole curve does. */
export function smoothed(entry: Entry, whole: Entry | undefined, weight: number): Line {
  const before = whole && whole !== entry && averageBefore(whole.buffer, weight, entry.buffer.x0[0]!)
  return before ? ema(entry.buffer, weight, before) : ema(entry.buffer, weight)
}

const positive = (line: Line, log: boolean): Line =>
  log ? { x: line.x, y: line.y.map((y) => (y > 0 ? y : Number.NaN)) } : line

/** The part of a line inside the window, with one point beyond each end. */
function clip(line: Line, [from, to]: Range, count: number): Line {
  let low = line.x.findIndex((x) => x >= from)
  let high = line.x.findLastIndex((x) => x <= to)
  if (low < 0 || high < 0) return { x: [], y: [] }
  low = Math.max(0, low - 1)
  high = Math.min(line.x.length - 1, high + 1)
  return thinned({ x: line.x.slice(low, high + 1), y: line.y.slice(low, high + 1) }, 2 * count)
}

export function tracesOf({ name, colour, dash, raw, smooth }: Curve): Trace[] {
  const thin = { color: smooth ? ghost(colour) : colour, width: smooth ? 1 : 1.6, ...(dash && !smooth && { dash }) }
  const common = { type: 'scatter' as const, mode: 'lines' as const, hoverinfo: 'skip' as const, connectgaps: false }
  const under: Trace = { ...common, name, x: raw.x, y: raw.y, line: thin }
  if (!smooth) return [under]
  const line = { color: colour, width: 2, ...(dash && { dash }) }
  return [under, { ...common, name: `${name} smoothed`, x: smooth.x, y: smooth.y, line }]
}

/** Where a series has points that are not finite. */
export function nonfiniteAt(buffer: SeriesBuffer): number[] {
  const out: number[] = []
  for (let i = 0; i < buffer.length; i++) if (buffer.nonfinite[i]! > 0) out.push(buffer.x1[i]!)
  return out
}

/** Non-finite points as crosses at the foot of the chart. */
export function gapsAt(at: number[], foot: number, colour: string): Trace[] {
  if (at.length === 0) return []
  const marker = { color: colour, size: 7, symbol: 'x-thin', line: { color: colour, width: 1.6 } }
  const y = at.map(() => foot)
  return [
    { type: 'scatter', mode: 'markers', name: 'non-finite', x: at, y, marker, cliponaxis: false, hoverinfo: 'skip' },
  ]
}

export const nonfiniteIn = ({ buffer }: Entry): number =>
  buffer.nonfinite.subarray(0, buffer.length).reduce((a, b) => a + b, 0)

/** The value of the point nearest to x; NaN when there is none. */
export function valueAt(buffer: SeriesBuffer, at: number): number {
  if (buffer.length === 0) return Number.NaN
  const i = nearest(buffer.x1.subarray(0, buffer.length), at)
  return buffer.n[i] === 1 ? buffer.last[i]! : buffer.mean[i]!
}

export function nearest(xs: ArrayLike<number>, at: number): number {
  let low = 0
  let high = xs.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (xs[middle]! < at) low = middle + 1
    else high = middle
  }
  return low > 0 && at - xs[low - 1]! < xs[low]! - at ? low - 1 : low
}
