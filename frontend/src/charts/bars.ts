import { integer, short } from '../paint/format'
import type { Trace } from '../paint/plot'
import { type Range, steady } from '../paint/ranges'
import { colourOf } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { type Bar, bars, core, countIn, occupied, strips } from './histogram'
import { awaited, corner, frame, MARGIN, nothing, ticksIn } from './layout'
import type { ChartInput, Figure, Head } from './types'

export interface BarsLook {
  distribution: string
  /** Colour name of the bar around `centre`. */
  colour(centre: number): string
  /** Shaded region of the horizontal axis. */
  region?: Range | null
  heads(row: HistogramRow, colour: string): Head[]
  /** Always in view, whatever the data. */
  include?: number[]
}

const BARS = 40

/** The histogram of the newest update, as density: the grid's bins differ in width, areas do not lie. */
export function barsFigure(input: ChartInput, look: BarsLook): Figure {
  const held = input.histograms(look.distribution)
  const row = held?.rows.at(-1)
  if (!held || !row) return nothing(input, awaited(input, held?.state, 'histogram'), false)
  const metric = input.metric(look.distribution, 'distribution')
  const heads = look.heads(row, colourOf(input.palette, metric?.colour ?? 'blue'))
  const used = occupied(row.counts)
  if (!used)
    return { ...nothing(input, outside(row) || 'Every sample is non-finite.', false), heads, nonfinite: row.nonfinite }
  const { edges } = held
  const [first, last] = core(row.counts, used)
  const include = look.include ?? []
  const x = hold(input, 'x', Math.min(edges[first - 1]!, ...include), Math.max(edges[last]!, ...include))
  const drawn = bars(strips(edges, used, (x[1] - x[0]) / BARS, include), row)
  const y: Range = [0, hold(input, 'y', 0, Math.max(...drawn.map((bar) => bar.density)))[1]]
  const shapes = look.region ? [region(look.region, x, input)] : []
  return {
    data: paths(drawn, x, look, input),
    layout: frame(
      input,
      { range: x, ticks: ticksIn(x, 5), fixed: true },
      { range: y, ticks: ticksIn(y, 3), fixed: true, grid: true },
      { shapes, annotations: [corner('density, area 1', input)] },
    ),
    heads,
    x,
    timeAxis: false,
    shown: row.n,
    total: row.n,
    nonfinite: row.nonfinite,
    note: [`update ${integer(row.last)}`, `${integer(row.n)} samples`, beyond(edges, row, x), outside(row)]
      .filter(Boolean)
      .join(' · '),
    probe: (at) => probe(drawn, row, at),
    table: () => ({
      header: ['low', 'high', 'count', 'density'],
      rows: bars(strips(edges, used, 0), row).map(({ low, high, count, density }) => [low, high, count, density]),
    }),
  }
}

/** Samples of the grid that the view leaves out. */
function beyond(edges: number[], { counts }: HistogramRow, [low, high]: Range): string {
  const hidden = strips(edges, [1, edges.length - 1], 0).filter((bin) => bin.high <= low || bin.low >= high)
  const count = hidden.reduce((sum, bin) => sum + countIn(bin, counts), 0)
  return count > 0 ? `${integer(count)} beyond` : ''
}

/** Repaints for which a range stays although the data would fit a smaller one. */
const PATIENCE = 4

/** Grows at once and with room, shrinks only when the smaller range has lasted: a jittering tail moves nothing. */
function hold(input: ChartInput, name: string, low: number, high: number): Range {
  const known = input.memory.get(name)
  const fits = known && low >= known[0] && high <= known[1]
  const waited = (input.memory.get(`${name} waited`)?.[0] ?? 0) + 1
  const room = fits || !known ? 0 : 0.1 * (high - low)
  const wanted = steady(known, low - room, high + room)
  const keep = fits && wanted !== known && waited < PATIENCE
  input.memory.set(`${name} waited`, [keep ? waited : 0, 0])
  if (!keep) input.memory.set(name, wanted)
  return keep ? known : wanted
}

function outside({ counts }: HistogramRow): string {
  const parts = [
    [counts[0]!, 'below'],
    [counts.at(-1)!, 'above'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, side]) => `${integer(count)} ${side} the grid`)
    .join(', ')
}

function region([low, high]: Range, x: Range, input: ChartInput): object {
  const [x0, x1] = [Math.max(low, x[0]), Math.min(high, x[1])]
  const fillcolor = input.palette.band
  return { type: 'rect', layer: 'below', xref: 'x', yref: 'paper', x0, x1, y0: 0, y1: 1, line: { width: 0 }, fillcolor }
}

/** One filled path per colour: a hundred bars cost as much as one. Bars stand one pixel apart. */
function paths(drawn: Bar[], x: Range, look: BarsLook, input: ChartInput): Trace[] {
  const pixel = (x[1] - x[0]) / Math.max(1, input.width - MARGIN.l - MARGIN.r)
  // Every colour is a path from the start, if only a point: a path more or less would be a full redraw.
  const names = new Set(Array.from({ length: BARS }, (_, i) => look.colour(x[0] + ((i + 0.5) / BARS) * (x[1] - x[0]))))
  const byColour = new Map([...names].sort().map((name) => [name, { x: [x[0], x[0], x[0]], y: [0, 0, 0] }]))
  for (const { low, high, density } of drawn) {
    const name = look.colour((low + high) / 2)
    const path = byColour.get(name) ?? { x: [], y: [] }
    byColour.set(name, path)
    const gap = Math.min(pixel / 2, (high - low) / 8)
    path.x.push(Number.NaN, low + gap, low + gap, high - gap, high - gap, low + gap)
    path.y.push(Number.NaN, 0, density, density, 0, 0)
  }
  return [...byColour].map(([name, path]) => ({
    type: 'scatter',
    mode: 'lines',
    name,
    ...path,
    fill: 'toself',
    hoverinfo: 'skip',
    fillcolor: colourOf(input.palette, name),
    line: { color: colourOf(input.palette, name), width: 0 },
  }))
}

function probe(drawn: Bar[], row: HistogramRow, at: number): string | null {
  const bar = drawn.find(({ low, high }) => at >= low && at < high)
  if (!bar) return null
  const share = ((100 * bar.count) / Math.max(1, row.n)).toFixed(1)
  return `${short(bar.low)} … ${short(bar.high)}: ${integer(bar.count)} (${share} %)`
}
