import { integer, short, tick } from '../paint/format'
import type { Range } from '../paint/ranges'
import { colourOf, faded } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { frame, markShapes, nothing } from './layout'
import { timeRange } from './lines'
import type { ChartInput, Figure } from './types'

const COLUMNS = 120
const MARGIN_BINS = 2

/** One distribution over the time axis: a column per stretch of updates, shade = share of its samples. */
export function heatFigure(input: ChartInput, distribution: string): Figure {
  const held = input.histograms(distribution)
  if (!held || held.rows.length === 0) return nothing(input, 'Waiting for the first histogram.', true)
  const x = timeRange(input)
  const [low, high] = occupied(held.rows)
  const columns = resample(held.rows, x, input)
  const z = shades(columns, low, high)
  const colour = colourOf(input.palette, input.metric(distribution, 'distribution')?.colour ?? 'blue')
  const width = (x[1] - x[0]) / COLUMNS
  const scale: [number, string][] = [
    [0, faded(colour, 0)],
    [1, colour],
  ]
  const y: Range = [low - 0.5, high + 0.5]
  const { ticks, labels } = edgeTicks(held.edges, low, high)
  const look = { range: y, ticks, labels, fixed: true, grid: true }
  return {
    data: [
      {
        type: 'heatmap',
        z,
        x: columns.map((_, i) => x[0] + (i + 0.5) * width),
        y: Array.from({ length: high - low + 1 }, (_, i) => low + i),
        colorscale: scale,
        zmin: 0,
        zmax: 1,
        showscale: false,
        zsmooth: false,
        hoverinfo: 'skip',
      },
    ],
    layout: frame(input, { range: x, ticks: xTicks(x), fixed: false }, look, markShapes(input.marks, x, input)),
    heads: [],
    x,
    timeAxis: true,
    shown: held.rows.length,
    total: held.rows.length,
    nonfinite: held.rows.reduce((sum, row) => sum + row.nonfinite, 0),
    note: `updates ${integer(held.rows[0]!.first)} to ${integer(held.rows.at(-1)!.last)}`,
    probe: (at) => probe(columns[Math.floor((at - x[0]) / width)] ?? null),
    table: () => ({
      header: [
        'first_update',
        'update',
        'n',
        'nonfinite',
        'underflow',
        ...held.edges.slice(1).map((edge, i) => `[${held.edges[i]}, ${edge})`),
        'overflow',
      ],
      rows: held.rows.map((row) => [row.first, row.last, row.n, row.nonfinite, ...row.counts]),
    }),
  }
}

const xTicks = ([low, high]: Range) => Array.from({ length: 5 }, (_, i) => low + ((high - low) * i) / 4)

/** Bins that any row uses, with a little room; indices into `counts`. */
function occupied(rows: HistogramRow[]): Range {
  let low = Infinity
  let high = -Infinity
  for (const { counts } of rows) {
    for (let bin = 1; bin < counts.length - 1; bin++) {
      if (counts[bin]! === 0) continue
      low = Math.min(low, bin)
      high = Math.max(high, bin)
    }
  }
  const last = rows[0]!.counts.length - 2
  return Number.isFinite(low) ? [Math.max(1, low - MARGIN_BINS), Math.min(last, high + MARGIN_BINS)] : [1, last]
}

interface Column {
  counts: Float64Array
  n: number
  first: number
  last: number
}

/** Rows summed into columns of equal width; a column that no row reaches into stays empty. */
function resample(rows: HistogramRow[], [from, to]: Range, input: ChartInput): (Column | null)[] {
  const out: (Column | null)[] = Array.from({ length: COLUMNS }, () => null)
  const at = (x: number) => Math.floor(((x - from) / (to - from)) * COLUMNS)
  rows.forEach((row, i) => {
    const before = i > 0 ? rows[i - 1]!.last : row.first - 1
    const start = Math.max(0, at(input.place(before) + 1e-9))
    const end = Math.min(COLUMNS - 1, Math.max(start, at(input.place(row.last) - 1e-9)))
    for (let column = start; column <= end; column++) out[column] = added(out[column] ?? null, row)
  })
  return out
}

function added(column: Column | null, row: HistogramRow): Column {
  if (!column) return { counts: row.counts, n: row.n, first: row.first, last: row.last }
  const counts = column.counts.map((count, bin) => count + row.counts[bin]!)
  return { counts, n: column.n + row.n, first: column.first, last: row.last }
}

/** Square root of the share relative to the fullest bin shown: tails stay visible. */
function shades(columns: (Column | null)[], low: number, high: number): Float64Array[] {
  const share = (column: Column | null, bin: number) => (column ? column.counts[bin]! / Math.max(1, column.n) : 0)
  let most = 0
  for (const column of columns) for (let bin = low; bin <= high; bin++) most = Math.max(most, share(column, bin))
  return Array.from({ length: high - low + 1 }, (_, i) =>
    Float64Array.from(columns, (column) => Math.sqrt(share(column, low + i) / (most || 1))),
  )
}

/** Values of the grid at bin borders; the vertical axis counts bins, so a symmetric-log grid reads as one. */
function edgeTicks(edges: number[], low: number, high: number): { ticks: number[]; labels: string[] } {
  const wanted = Math.max(1, Math.round((high - low) / 4))
  const zero = edges.findIndex((edge) => edge >= -1e-12)
  const anchor = zero + 0.5 >= low && zero + 0.5 <= high ? zero : low
  const ticks: number[] = []
  for (let i = anchor % wanted; i < edges.length; i += wanted)
    if (i + 0.5 >= low - 0.5 && i + 0.5 <= high + 0.5) ticks.push(i + 0.5)
  return { ticks, labels: ticks.map((at) => tick(round(edges[at - 0.5]!))) }
}

const round = (value: number) => (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(2)))

function probe(column: Column | null): string | null {
  if (!column) return null
  const peak = Math.max(...column.counts)
  return `${integer(column.n)} samples, fullest bin ${short((100 * peak) / Math.max(1, column.n))} %`
}
