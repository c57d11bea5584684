import { integer, short, tick } from '../paint/format'
import type { Range } from '../paint/ranges'
import { colourOf, faded } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { frame, markShapes, nothing, ticksIn } from './layout'
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
    layout: frame(input, { range: x, ticks: ticksIn(x, 4), fixed: false }, look, markShapes(input.marks, x, input)),
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

const READABLE = [0, 1, -1, 10, -10, 100, -100, 0.1, -0.1, 2, 0.5, 1000, -1000, 5, 0.2, -5, 1e4, -1e4]

/** Readable values where the grid has them; the vertical axis counts bins, so a symmetric-log grid reads as one. */
export function edgeTicks(edges: number[], low: number, high: number): { ticks: number[]; labels: string[] } {
  const room = (high - low) / 7
  const chosen: { at: number; value: number }[] = []
  for (const value of READABLE) {
    const at = position(edges, value)
    const fits = at !== null && at >= low - 0.5 && at <= high + 0.5
    if (fits && chosen.every((other) => Math.abs(other.at - at) >= room)) chosen.push({ at, value })
  }
  return { ticks: chosen.map(({ at }) => at), labels: chosen.map(({ value }) => tick(value)) }
}

/** Where a value lies on the axis of bin numbers, whose borders are the half-integers. */
function position(edges: number[], value: number): number | null {
  const above = edges.findIndex((edge) => edge > value)
  if (above <= 0) return null
  const [low, high] = [edges[above - 1]!, edges[above]!]
  return above - 0.5 + (value - low) / (high - low)
}

function probe(column: Column | null): string | null {
  if (!column) return null
  const peak = Math.max(...column.counts)
  return `${integer(column.n)} samples, peak ${short((100 * peak) / Math.max(1, column.n))} %`
}
