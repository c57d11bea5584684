import { decimate, type Line, thinned } from '../paint/decimate'
import { short, unitText } from '../paint/format'
import type { Layout, Trace } from '../paint/plot'
import { extent, type Range, steady, stepUp } from '../paint/ranges'
import { ema } from '../paint/smooth'
import { colourOf } from '../paint/theme'
import type { Entry } from '../store/book'
import type { SeriesBuffer } from '../store/series'
import { awaited, band, decadesIn, frame, ghost, markShapes, nothing, ticksIn } from './layout'
import type { ChartInput, Figure, Head, Table } from './types'

export interface LineLook {
  metric: string
  label?: string
  /** Overrides the catalog's colour where two lines share a chart. */
  colour?: string
}

export interface LinesLook {
  lines: LineLook[]
  /** Shade the healthy band of the first line's metric. Default true. */
  healthy?: boolean
  /** A level with a meaning, drawn dashed. */
  level?: { y: number; label: string } | null
}

interface Drawn {
  look: LineLook
  entry: Entry
  colour: string
  raw: Line
  smooth: Line | null
}

/** The whole run up to a round number, or the zoomed window. */
export function timeRange(input: ChartInput): Range {
  return input.range ?? [0, stepUp(input.now)]
}

/** One or more series over the shared time axis: raw ghost, smoothed line, band, level, marks. */
export function lineFigure(input: ChartInput, look: LinesLook): Figure {
  const x = timeRange(input)
  const drawn = look.lines.flatMap((line) => draw(line, x, input))
  const heads = look.lines.filter((line) => input.series(line.metric)).map((line) => head(line, look, input))
  if (drawn.length === 0) return { ...nothing(input, waiting(look, input), true), heads, x }
  const y = yRange(drawn, look, input)
  const entries = drawn.map(({ entry }) => entry)
  const layout = frame(
    input,
    { range: x, ticks: ticksIn(x, 4), fixed: false },
    yLook(y, input),
    overlays(look, x, y, input),
  )
  return {
    data: [...drawn.toReversed().flatMap((line) => traces(line)), ...gaps(drawn, y, input)],
    layout,
    heads,
    x,
    timeAxis: true,
    shown: Math.max(...entries.map((entry) => entry.buffer.length)),
    total: Math.max(...entries.map((entry) => (input.range ? entry.buffer.total : entry.total))),
    nonfinite: sum(entries.map((entry) => nonfinite(entry))),
    note: look.level?.label,
    probe: (at) => probe(drawn, at),
    table: () => table(drawn, input.smoothing),
  }
}

function waiting(look: LinesLook, input: ChartInput): string {
  const states = look.lines.map((line) => input.series(line.metric)?.state)
  return awaited(input, states.find((state) => state !== 'ready') ?? states[0], 'update')
}

function draw(look: LineLook, x: Range, input: ChartInput): Drawn[] {
  const entry = input.series(look.metric)
  if (!entry || entry.buffer.length === 0) return []
  const colour = colourOf(input.palette, look.colour ?? input.metric(look.metric)?.colour)
  const pixels = Math.max(40, input.width / 2)
  const raw = positive(decimate(entry.buffer, { from: x[0], to: x[1] }, pixels), input.log)
  const smooth = input.smoothing > 0 ? positive(clip(ema(entry.buffer, input.smoothing), x, pixels), input.log) : null
  return [{ look, entry, colour, raw, smooth }]
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

function head(line: LineLook, look: LinesLook, input: ChartInput): Head {
  const metric = input.metric(line.metric)
  const units = new Set(look.lines.map(({ metric: name }) => input.metric(name)?.unit))
  const unit = units.size === 1 && line === look.lines.at(-1) ? unitText(metric?.unit) : ''
  const label = look.lines.length > 1 ? line.label : undefined
  return { metric: line.metric, label, unit, colour: colourOf(input.palette, line.colour ?? metric?.colour) }
}

function yRange(drawn: Drawn[], look: LinesLook, input: ChartInput): Range {
  const values = drawn.flatMap(({ raw, smooth }) => [...extent(raw.y), ...extent(smooth?.y ?? [])])
  const [low, high] = extent([...values, ...(look.level ? [look.level.y] : [])])
  const room = 0.04 * (high - low)
  if (!input.log) return steady(recall(input, 'y'), low >= 0 ? Math.max(0, low - room) : low - room, high + room)
  const logs: Range = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)]
  return Number.isFinite(logs[0]) ? [logs[0], Math.max(logs[1], logs[0] + 1)] : [-1, 1]
}

/** The remembered range of this chart under the present window; a new one is remembered by `remember`. */
const key = (input: ChartInput, name: string) => `${name} ${input.axis} ${input.range?.join() ?? ''}`
const recall = (input: ChartInput, name: string) => input.memory.get(key(input, name))

function yLook(y: Range, input: ChartInput) {
  if (!input.log) input.memory.set(key(input, 'y'), y)
  return { range: y, ticks: input.log ? decadesIn(y) : ticksIn(y, 4), log: input.log, fixed: true, grid: true }
}

function overlays(look: LinesLook, x: Range, y: Range, input: ChartInput): Layout {
  const { shapes, annotations } = markShapes(input.marks, x, input)
  const healthy = look.healthy === false ? null : input.metric(look.lines[0]!.metric)?.healthy
  if (healthy && !input.log)
    shapes.unshift(band([healthy[0] ?? y[0], healthy[1] ?? y[1]].map((v) => clamp(v, y)) as Range, input))
  if (look.level) {
    const line = { color: input.palette.ink, width: 1, dash: 'dash' }
    shapes.push({
      type: 'line',
      xref: 'paper',
      yref: 'y',
      x0: 0,
      x1: 1,
      y0: look.level.y,
      y1: look.level.y,
      line,
      opacity: 0.5,
    })
  }
  return { shapes, annotations }
}

const clamp = (value: number, [low, high]: Range) => Math.min(high, Math.max(low, value))

function traces({ look, colour, raw, smooth }: Drawn): Trace[] {
  const thin = { color: smooth ? ghost(colour) : colour, width: smooth ? 1 : 1.6 }
  const common = { type: 'scatter' as const, mode: 'lines' as const, hoverinfo: 'skip' as const, connectgaps: false }
  const out: Trace[] = [{ ...common, name: look.metric, x: raw.x, y: raw.y, line: thin }]
  if (smooth)
    out.push({
      ...common,
      name: `${look.metric} smoothed`,
      x: smooth.x,
      y: smooth.y,
      line: { color: colour, width: 2 },
    })
  return out
}

/** Non-finite points as crosses at the foot of the chart. */
function gaps(drawn: Drawn[], y: Range, input: ChartInput): Trace[] {
  const at = drawn.flatMap(({ entry: { buffer } }) => nonfiniteAt(buffer))
  if (at.length === 0) return []
  const foot = input.log ? 10 ** y[0] : y[0]
  const marker = { color: input.palette.red, size: 7, symbol: 'x-thin', line: { color: input.palette.red, width: 1.6 } }
  return [
    {
      type: 'scatter',
      mode: 'markers',
      name: 'non-finite',
      x: at,
      y: at.map(() => foot),
      marker,
      cliponaxis: false,
      hoverinfo: 'skip',
    },
  ]
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
const nonfinite = ({ buffer }: Entry) => buffer.nonfinite.subarray(0, buffer.length).reduce((a, b) => a + b, 0)

function nonfiniteAt(buffer: SeriesBuffer): number[] {
  const out: number[] = []
  for (let i = 0; i < buffer.length; i++) if (buffer.nonfinite[i]! > 0) out.push(buffer.x1[i]!)
  return out
}

/** The values at the point nearest to x. */
function probe(drawn: Drawn[], at: number): string | null {
  const parts = drawn.map(({ entry: { buffer }, look }) => {
    const i = nearest(buffer.x1.subarray(0, buffer.length), at)
    const value = short(buffer.n[i] === 1 ? buffer.last[i]! : buffer.mean[i]!)
    return drawn.length > 1 ? `${look.label ?? look.metric} ${value}` : value
  })
  return parts.length ? parts.join(' · ') : null
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

function table(drawn: Drawn[], smoothing: number): Table {
  const rows = drawn.flatMap(({ entry: { buffer }, look }) => {
    const smooth = ema(buffer, smoothing)
    return Array.from({ length: buffer.length }, (_, i) => [
      look.metric,
      buffer.x0[i]!,
      buffer.x1[i]!,
      buffer.n[i]!,
      buffer.nonfinite[i]!,
      buffer.min[i]!,
      buffer.max[i]!,
      buffer.mean[i]!,
      buffer.last[i]!,
      smooth.y[i]!,
    ])
  })
  return { header: ['series', 'x0', 'x1', 'n', 'nonfinite', 'min', 'max', 'mean', 'last', 'smoothed'], rows }
}
