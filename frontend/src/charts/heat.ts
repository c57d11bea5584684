import { integer, short } from '../paint/format'
import type { Trace } from '../paint/plot'
import { type Range, steady } from '../paint/ranges'
import { colourOf, faded } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { core, edgeTicks, median, occupied } from './histogram'
import { awaited, corner, frame, markShapes, nothing } from './layout'
import { atShare, type Scale, shareOf, timeLook, timeScale } from './scale'
import type { ChartInput, Figure } from './types'

const COLUMNS = 120

/** One distribution over the time axis, on the axis of its grid: a column per stretch of updates, shade = root of share. */
export function heatFigure(input: ChartInput, distribution: string): Figure {
  const held = input.histograms(distribution)
  if (!held || held.rows.length === 0) return nothing(input, awaited(input, held?.state, 'histogram'), true)
  const { edges, rows } = held
  const scale = timeScale(input)
  const used = occupied(summed(rows))
  if (!used) return nothing(input, 'No sample lies inside the grid.', true)
  const y = steadyRange(input, rows, used)
  const columns = resample(rows, scale, input)
  const colour = colourOf(input.palette, input.metric(distribution, 'distribution')?.colour ?? 'blue')
  const { shapes, annotations } = markShapes(input.marks, scale, input)
  return {
    data: [
      shaded(
        columns,
        used,
        Array.from({ length: COLUMNS + 1 }, (_, i) => atShare(i / COLUMNS, scale)),
        colour,
      ),
    ],
    layout: frame(
      input,
      timeLook(scale),
      { range: y, ...edgeTicks(edges, y), fixed: true, grid: true },
      { shapes, annotations: [...annotations, corner('shade: √ share, column peak 1', input, 'bottom')] },
    ),
    heads: [],
    x: scale.range,
    logX: scale.log,
    whole: timeScale({ ...input, range: null }).range,
    timeAxis: true,
    shown: rows.length,
    total: rows.length,
    nonfinite: rows.reduce((sum, row) => sum + row.nonfinite, 0),
    note: `${integer(rows.length)} histograms, updates ${integer(rows[0]!.first)} to ${integer(rows.at(-1)!.last)}`,
    probe: (at) => probe(edges, columns[Math.floor(shareOf(at, scale) * COLUMNS)] ?? null),
    table: () => table(edges, rows),
  }
}

/** Columns between the edges `x`, one cell per bin of the grid: shade = root of the share. */
export function shaded(columns: (Column | null)[], used: Range, x: number[], colour: string): Trace {
  return {
    type: 'heatmap',
    z: shades(columns, used),
    x,
    y: Array.from({ length: used[1] - used[0] + 2 }, (_, i) => used[0] + i - 0.5),
    colorscale: [
      [0, faded(colour, 0)],
      [1, colour],
    ],
    zmin: 0,
    zmax: 1,
    showscale: false,
    zsmooth: false,
    hoverinfo: 'skip',
  }
}

export function summed(rows: HistogramRow[]): Float64Array {
  const out = new Float64Array(rows[0]!.counts.length)
  for (const { counts } of rows) for (let bin = 0; bin < out.length; bin++) out[bin]! += counts[bin]!
  return out
}

/** Where nearly all samples of nearly every stretch lie: a few wild ones do not flatten the rest. */
function steadyRange(input: ChartInput, rows: HistogramRow[], used: Range): Range {
  const [first, last] = core(summed(rows), used)
  const range = steady(input.memory.get('y'), first - 0.5, last + 0.5)
  input.memory.set('y', range)
  return range
}

interface Column {
  counts: Float64Array
  n: number
}

/** A live message brings one histogram for its updates: holes so narrow belong to the later row, wider ones stay blank. */
const BRIDGED = 3
const BRIDGED_UPDATES = 20

/** Rows summed into columns of equal width; a column that was not measured stays empty. */
function resample(rows: HistogramRow[], scale: Scale, input: ChartInput): (Column | null)[] {
  const out: (Column | null)[] = Array.from({ length: COLUMNS }, () => null)
  const at = (x: number) => Math.floor(shareOf(Math.max(x, Number.MIN_VALUE), scale) * COLUMNS)
  rows.forEach((row, i) => {
    const own = at(input.place(row.first - 1) + 1e-9)
    const before = i > 0 ? at(input.place(rows[i - 1]!.last) + 1e-9) : own
    const missed = i > 0 ? row.first - 1 - rows[i - 1]!.last : 0
    const start = Math.max(0, own - before <= BRIDGED || missed <= BRIDGED_UPDATES ? before : own)
    const end = Math.min(COLUMNS - 1, Math.max(start, at(input.place(row.last) - 1e-9)))
    for (let column = start; column <= end; column++) out[column] = added(out[column] ?? null, row)
  })
  return out
}

function added(column: Column | null, row: HistogramRow): Column {
  if (!column) return row
  return { counts: column.counts.map((count, bin) => count + row.counts[bin]!), n: column.n + row.n }
}

/** Square root of the share relative to the fullest bin of its column: tails stay visible, as does a wide column. */
export function shades(columns: (Column | null)[], [first, last]: Range): Float64Array[] {
  const peaks = columns.map((column) => (column ? Math.max(...column.counts.slice(first, last + 1)) : 0) || 1)
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Float64Array.from(columns, (column, k) => (column ? Math.sqrt(column.counts[first + i]! / peaks[k]!) : 0)),
  )
}

function probe(edges: number[], column: Column | null): string | null {
  return column && `${integer(column.n)} samples, median ≈ ${short(median(edges, column.counts))}`
}

function table(edges: number[], rows: HistogramRow[]) {
  const bins = edges.slice(1).map((edge, i) => `[${edges[i]}, ${edge})`)
  return {
    header: ['first_update', 'update', 'n', 'nonfinite', 'underflow', ...bins, 'overflow'],
    rows: rows.map((row) => [row.first, row.last, row.n, row.nonfinite, ...row.counts]),
  }
}
