import { integer, short } from '../paint/format'
import type { Trace } from '../paint/plot'
import { type Range, steady } from '../paint/ranges'
import { colourOf } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { frame, nothing, ticksIn } from './layout'
import type { ChartInput, Figure, Head } from './types'

export interface BarsLook {
  distribution: string
  /** Colour name of the bin around `centre`. */
  colour(centre: number): string
  /** Shaded region of the horizontal axis. */
  region?: Range | null
  heads(row: HistogramRow, colour: string): Head[]
  /** Always in view, whatever the data. */
  include?: number[]
}

interface Bin {
  low: number
  high: number
  count: number
  density: number
}

/** Occupied part of a histogram, empty bins between included; underflow and overflow are not drawn but stated. */
export function bins(edges: number[], row: HistogramRow): Bin[] {
  const all = edges.slice(1).map((high, i) => {
    const low = edges[i]!
    const count = row.counts[i + 1]!
    return { low, high, count, density: count / Math.max(1, row.n) / (high - low) }
  })
  const first = all.findIndex((bin) => bin.count > 0)
  const last = all.findLastIndex((bin) => bin.count > 0)
  return first < 0 ? [] : all.slice(first, last + 1)
}

/** Neighbouring bins joined, exactly, until each is `width` wide; never across a value in `borders`. */
export function coarsen(fine: Bin[], width: number, borders: number[]): Bin[] {
  const out: Bin[] = []
  for (const bin of fine) {
    const last = out.at(-1)
    const border = borders.some((at) => Math.abs(at - bin.low) < 1e-9)
    if (last && !border && bin.high - last.low <= width) out[out.length - 1] = joined(last, bin)
    else out.push(bin)
  }
  return out
}

function joined(a: Bin, b: Bin): Bin {
  const mass = a.density * (a.high - a.low) + b.density * (b.high - b.low)
  return { low: a.low, high: b.high, count: a.count + b.count, density: mass / (b.high - a.low) }
}

/** The histogram of the newest update. Height is density, so that bins of different width compare. */
export function barsFigure(input: ChartInput, look: BarsLook): Figure {
  const held = input.histograms(look.distribution)
  const row = held?.rows.at(-1)
  if (!held || !row) return nothing(input, 'Waiting for the first histogram.', false)
  const fine = bins(held.edges, row)
  const metric = input.metric(look.distribution, 'distribution')
  const heads = look.heads(row, colourOf(input.palette, metric?.colour ?? 'blue'))
  if (fine.length === 0)
    return { ...nothing(input, outside(row) || 'Every sample is non-finite.', false), heads, nonfinite: row.nonfinite }
  const x = hold(input, 'x', ...ends(core(fine), look.include ?? []))
  const drawn = coarsen(fine, (x[1] - x[0]) / 40, look.include ?? [])
  const y: Range = [0, hold(input, 'y', 0, Math.max(...drawn.map((bin) => bin.density)))[1]]
  const shapes = look.region ? [region(look.region, x, input)] : []
  return {
    data: bars(drawn, look, input),
    layout: frame(
      input,
      { range: x, ticks: ticksIn(x, 5), fixed: true },
      { range: y, ticks: [0], labels: [''], fixed: true, grid: true },
      { shapes },
    ),
    heads,
    x,
    timeAxis: false,
    shown: row.n,
    total: row.n,
    nonfinite: row.nonfinite,
    note: [`update ${integer(row.last)}`, `${integer(row.n)} samples`, beyond(fine, x), outside(row)]
      .filter(Boolean)
      .join(' · '),
    probe: (at) => probe(drawn, row, at),
    table: () => ({ header: ['low', 'high', 'count'], rows: drawn.map(({ low, high, count }) => [low, high, count]) }),
  }
}

const TAIL = 0.005

/** The bins that hold all but half a percent of the samples on either side; what lies beyond is counted in the note. */
export function core(fine: Bin[]): Bin[] {
  const most = TAIL * fine.reduce((sum, bin) => sum + bin.count, 0)
  let first = 0
  let last = fine.length - 1
  for (let seen = fine[0]!.count; seen <= most && first < last; seen += fine[first]!.count) first += 1
  for (let seen = fine[last]!.count; seen <= most && last > first; seen += fine[last]!.count) last -= 1
  return fine.slice(first, last + 1)
}

function ends(shown: Bin[], include: number[]): Range {
  return [Math.min(shown[0]!.low, ...include), Math.max(shown.at(-1)!.high, ...include)]
}

/** Samples of the grid that the view leaves out. */
function beyond(fine: Bin[], [low, high]: Range): string {
  const count = fine.reduce((sum, bin) => (bin.high <= low || bin.low >= high ? sum + bin.count : sum), 0)
  return count > 0 ? `${integer(count)} beyond` : ''
}

function hold(input: ChartInput, name: string, low: number, high: number): Range {
  const range = steady(input.memory.get(name), low, high)
  input.memory.set(name, range)
  return range
}

function outside(row: HistogramRow): string {
  const parts = [
    [row.counts[0]!, 'below'],
    [row.counts.at(-1)!, 'above'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, side]) => `${integer(count)} ${side} the grid`)
    .join(', ')
}

function region([low, high]: Range, x: Range, input: ChartInput): object {
  const [x0, x1] = [Math.max(low, x[0]), Math.min(high, x[1])]
  return {
    type: 'rect',
    layer: 'below',
    xref: 'x',
    yref: 'paper',
    x0,
    x1,
    y0: 0,
    y1: 1,
    line: { width: 0 },
    fillcolor: input.palette.band,
  }
}

/** One filled path per colour: a hundred bars cost as much as one. */
function bars(drawn: Bin[], look: BarsLook, input: ChartInput): Trace[] {
  const paths = new Map<string, { x: number[]; y: number[] }>()
  for (const { low, high, density } of drawn) {
    const name = look.colour((low + high) / 2)
    const path = paths.get(name) ?? { x: [], y: [] }
    paths.set(name, path)
    const gap = (high - low) * 0.07
    path.x.push(low + gap, low + gap, high - gap, high - gap, low + gap, Number.NaN)
    path.y.push(0, density, density, 0, 0, Number.NaN)
  }
  return [...paths].map(([name, path]) => ({
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

function probe(drawn: Bin[], row: HistogramRow, at: number): string | null {
  const bin = drawn.find(({ low, high }) => at >= low && at < high)
  if (!bin) return null
  const share = ((100 * bin.count) / Math.max(1, row.n)).toFixed(1)
  return `${short(bin.low)} … ${short(bin.high)}: ${integer(bin.count)} (${share} %)`
}

/** Mean and standard deviation as the bins show them (mid-points), for a head; an estimate. */
export function spread(edges: number[], row: HistogramRow): number {
  let weight = 0
  let sum = 0
  let squares = 0
  for (let i = 0; i + 1 < edges.length; i++) {
    const middle = (edges[i]! + edges[i + 1]!) / 2
    const count = row.counts[i + 1]!
    weight += count
    sum += count * middle
    squares += count * middle * middle
  }
  return weight > 0 ? Math.sqrt(Math.max(0, squares / weight - (sum / weight) ** 2)) : Number.NaN
}
