import { integer, short, tick } from '../paint/format'
import type { Trace } from '../paint/plot'
import { type Range, steady } from '../paint/ranges'
import { colourOf } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { type Bar, bars, core, countIn, edgeTicks, occupied, position } from './histogram'
import { awaited, corner, frame, nothing } from './layout'
import { ticksIn } from './ticks'
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

/** The histogram of the newest update on the axis of its grid: every bin is equally wide, height is its share. */
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
  const include = (look.include ?? []).map((value) => position(edges, value)).filter((at) => at !== null)
  const x = hold(input, 'x', Math.min(first - 0.5, ...include), Math.max(last + 0.5, ...include))
  const drawn = bars(edges, row, used)
  const y: Range = [0, hold(input, 'y', 0, Math.max(...drawn.map((bar) => bar.share)))[1]]
  const shares = ticksIn(y, 3)
  return {
    data: paths(drawn, x, look, input),
    layout: frame(
      input,
      { range: x, ...edgeTicks(edges, x), fixed: true },
      { range: y, ticks: shares, labels: shares.map((share) => `${tick(100 * share)} %`), fixed: true, grid: true },
      {
        shapes: look.region ? region(look.region, edges, x, input) : [],
        annotations: [corner('share per bin', input)],
      },
    ),
    heads,
    x,
    timeAxis: false,
    shown: row.n,
    total: row.n,
    nonfinite: row.nonfinite,
    note: [`update ${integer(row.last)}`, `${integer(row.n)} samples`, beyond(row, x), outside(row)]
      .filter(Boolean)
      .join(' · '),
    probe: (at) => probe(drawn, row, at),
    table: () => ({
      header: ['low', 'high', 'count', 'share'],
      rows: drawn.map(({ low, high, count, share }) => [low, high, count, share]),
    }),
  }
}

/** Samples of the grid that the view leaves out. */
function beyond({ counts }: HistogramRow, [low, high]: Range): string {
  const [first, last] = [Math.max(1, Math.ceil(low)), Math.min(counts.length - 2, Math.floor(high))]
  const count = countIn(counts, [1, counts.length - 2]) - countIn(counts, [first, last])
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

function region([low, high]: Range, edges: number[], x: Range, input: ChartInput): object[] {
  const x0 = Math.max(position(edges, low) ?? x[0], x[0])
  const x1 = Math.min(position(edges, high) ?? x[1], x[1])
  const fillcolor = input.palette.band
  return [
    { type: 'rect', layer: 'below', xref: 'x', yref: 'paper', x0, x1, y0: 0, y1: 1, line: { width: 0 }, fillcolor },
  ]
}

const GAP = 0.06

/** One filled path per colour: a hundred bars cost as much as one. */
function paths(drawn: Bar[], x: Range, look: BarsLook, input: ChartInput): Trace[] {
  // Every colour of the grid is a path from the start, if only a point: a path more or less would be a full redraw.
  const names = new Set(drawn.map(({ low, high }) => look.colour((low + high) / 2)))
  for (const name of input.memory.keys()) if (name.startsWith('colour ')) names.add(name.slice('colour '.length))
  const byColour = new Map([...names].sort().map((name) => [name, { x: [x[0], x[0], x[0]], y: [0, 0, 0] }]))
  for (const name of names) input.memory.set(`colour ${name}`, [0, 0])
  for (const { bin, low, high, share } of drawn) {
    const path = byColour.get(look.colour((low + high) / 2))!
    const [left, right] = [bin - 0.5 + GAP, bin + 0.5 - GAP]
    path.x.push(Number.NaN, left, left, right, right, left)
    path.y.push(Number.NaN, 0, share, share, 0, 0)
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
  const bar = drawn.find(({ bin }) => Math.abs(at - bin) < 0.5)
  if (!bar) return null
  const share = ((100 * bar.count) / Math.max(1, row.n)).toFixed(1)
  return `${short(bar.low)} … ${short(bar.high)}: ${integer(bar.count)} (${share} %)`
}
