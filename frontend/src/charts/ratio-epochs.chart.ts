import { integer, short } from '../paint/format'
import { type Range, steady } from '../paint/ranges'
import { colourOf } from '../paint/theme'
import type { HistogramRow } from '../store/distributions'
import { shaded, summed } from './heat'
import { core, edgeTicks, median, occupied } from './histogram'
import { awaited, corner, frame, nothing } from './layout'
import { type ChartInput, chart, type Figure } from './types'

/** The epochs whose ratios the catalog declares: every one at first, then fewer. */
const EPOCHS = [1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 50]

export default chart({
  id: 'ratio-epochs',
  title: 'Importance ratio by epoch',
  order: 4.1,
  doc: 'The newest update, one column per epoch on its batch: the ratios start at 1 and spread as the policy moves away from the data.',
  series: () => [],
  distributions: EPOCHS.map((epoch) => `ratio_epoch_${epoch}`),
  later: true,
  timeAxis: false,
  rest: 500,
  figure,
})

interface Column {
  epoch: number
  row: HistogramRow
}

function figure(input: ChartInput): Figure {
  const columns = newest(input)
  const rows = columns.map(({ row }) => row)
  const used = rows.length > 0 ? occupied(summed(rows)) : null
  const first = input.histograms('ratio_epoch_1')
  if (!first || !used) return nothing(input, awaited(input, first?.state, 'histogram'), false)
  const y = range(input, rows, used)
  const colour = colourOf(input.palette, 'teal')
  const x: Range = [0.5, columns.length + 0.5]
  return {
    data: [
      shaded(
        rows,
        used,
        Array.from({ length: columns.length + 1 }, (_, i) => i + 0.5),
        colour,
      ),
    ],
    layout: frame(
      input,
      { range: x, ticks: columns.map((_, i) => i + 1), labels: columns.map(({ epoch }) => String(epoch)), fixed: true },
      { range: y, ...edgeTicks(first.edges, y), fixed: true, grid: true },
      { shapes: [], annotations: [corner('epoch →, shade: √ share', input, 'bottom')] },
    ),
    heads: [],
    x,
    timeAxis: false,
    shown: columns.length,
    total: columns.length,
    nonfinite: columns.reduce((sum, { row }) => sum + row.nonfinite, 0),
    note: `update ${integer(columns[0]!.row.last)} · ${columns.length} epochs`,
    probe: (at) => probe(first.edges, columns[Math.round(at) - 1]),
    table: () => ({
      header: ['epoch', 'update', 'n', 'min', 'max', 'nonfinite', ...first.edges.map((edge) => `from ${edge}`)],
      rows: columns.map(({ epoch, row }) => [
        epoch,
        row.last,
        row.n,
        row.min,
        row.max,
        row.nonfinite,
        ...row.counts.slice(1),
      ]),
    }),
  }
}

/** Every epoch of the newest update that has any; an epoch that an edit took away leaves only old rows. */
function newest(input: ChartInput): Column[] {
  const rows = EPOCHS.flatMap((epoch) => {
    const row = input.histograms(`ratio_epoch_${epoch}`)?.rows.at(-1)
    return row ? [{ epoch, row }] : []
  })
  const last = Math.max(...rows.map(({ row }) => row.last))
  return rows.filter(({ row }) => row.last === last)
}

function range(input: ChartInput, rows: HistogramRow[], used: Range): Range {
  const [low, high] = core(summed(rows), used)
  const kept = steady(input.memory.get('y'), low - 0.5, high + 0.5)
  input.memory.set('y', kept)
  return kept
}

function probe(edges: number[], column: Column | undefined): string | null {
  if (!column) return null
  const { epoch, row } = column
  return `epoch ${epoch}: median ≈ ${short(median(edges, row.counts))}, ${short(row.min)} to ${short(row.max)}`
}
