import { integer, short, unitText } from '../paint/format'
import type { Layout } from '../paint/plot'
import type { Range } from '../paint/ranges'
import { colourOf } from '../paint/theme'
import { type Curve, curveOf, gapsAt, nonfiniteAt, nonfiniteIn, smoothed, tracesOf, valueAt } from './curve'
import { awaited, band, frame, markShapes, nothing } from './layout'
import { type Scale, timeLook, timeScale } from './scale'
import type { ChartInput, Figure, Head, Table } from './types'
import { beyond, drawnValues, verticalLook, verticalRange } from './vertical'

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

type Drawn = Curve & { look: LineLook }

/** One or more series over the shared time axis: raw ghost, smoothed line, band, level, marks. */
export function lineFigure(input: ChartInput, look: LinesLook): Figure {
  const scale = timeScale(input)
  const x = scale.range
  const drawn = look.lines.flatMap((line) => draw(line, x, input))
  const heads = look.lines.filter((line) => input.series(line.metric)).map((line) => head(line, look, input))
  const common = { heads, x, logX: scale.log, whole: timeScale({ ...input, range: null }).range }
  if (drawn.length === 0) return { ...nothing(input, waiting(look, input), true), ...common }
  const y = verticalRange([...drawnValues(drawn, input), ...(look.level ? [look.level.y] : [])], input)
  const entries = drawn.map(({ entry }) => entry)
  const odd = entries.flatMap(({ buffer }) => nonfiniteAt(buffer))
  return {
    ...common,
    data: [
      ...drawn.toReversed().flatMap((curve) => tracesOf(curve)),
      ...gapsAt(odd, input.log ? 10 ** y[0] : y[0], input.palette.red),
    ],
    layout: frame(input, timeLook(scale), verticalLook(y, input), overlays(look, scale, y, input)),
    timeAxis: true,
    shown: Math.max(...entries.map((entry) => entry.buffer.length)),
    total: Math.max(...entries.map((entry) => (input.range ? entry.buffer.total : entry.total))),
    nonfinite: entries.reduce((sum, entry) => sum + nonfiniteIn(entry), 0),
    note: beyondText(beyond(drawn, y, input)) || look.level?.label,
    probe: (at) => probe(drawn, at),
    table: () => table(drawn, input),
  }
}

export const beyondText = (count: number): string => (count > 0 ? `${integer(count)} beyond the range` : '')

function waiting(look: LinesLook, input: ChartInput): string {
  const states = look.lines.map((line) => input.series(line.metric)?.state)
  return awaited(input, states.find((state) => state !== 'ready') ?? states[0], input.now === 0 ? 'update' : 'value')
}

function draw(look: LineLook, x: Range, input: ChartInput): Drawn[] {
  const entry = input.series(look.metric)
  if (!entry || entry.buffer.length === 0) return []
  const { smoothing, log } = input
  const colour = colourOf(input.palette, look.colour ?? input.metric(look.metric)?.colour)
  const columns = Math.max(40, input.width / 2)
  const curve = curveOf(entry, input.whole(look.metric), x, { name: look.metric, colour, smoothing, log, columns })
  return [{ ...curve, look }]
}

function head(line: LineLook, look: LinesLook, input: ChartInput): Head {
  const metric = input.metric(line.metric)
  const units = new Set(look.lines.map(({ metric: name }) => input.metric(name)?.unit))
  const unit = units.size === 1 && line === look.lines.at(-1) ? unitText(metric?.unit) : ''
  const label = look.lines.length > 1 ? line.label : undefined
  return { metric: line.metric, label, unit, colour: colourOf(input.palette, line.colour ?? metric?.colour) }
}

function overlays(look: LinesLook, scale: Scale, y: Range, input: ChartInput): Layout {
  const { shapes, annotations } = markShapes(input.marks, scale, input)
  const healthy = look.healthy === false ? null : input.metric(look.lines[0]!.metric)?.healthy
  if (healthy && !input.log)
    shapes.unshift(band([healthy[0] ?? y[0], healthy[1] ?? y[1]].map((v) => clamp(v, y)) as Range, input))
  if (look.level) shapes.push(levelLine(look.level.y, input))
  return { shapes, annotations }
}

function levelLine(y: number, input: ChartInput): object {
  const line = { color: input.palette.ink, width: 1, dash: 'dash' }
  return { type: 'line', xref: 'paper', yref: 'y', x0: 0, x1: 1, y0: y, y1: y, line, opacity: 0.5 }
}

const clamp = (value: number, [low, high]: Range) => Math.min(high, Math.max(low, value))

/** The values at the point nearest to x. */
function probe(drawn: Drawn[], at: number): string | null {
  const parts = drawn.map(({ entry, look }) => {
    const value = short(valueAt(entry.buffer, at))
    return drawn.length > 1 ? `${look.label ?? look.metric} ${value}` : value
  })
  return parts.length ? parts.join(' · ') : null
}

const COLUMNS = ['x0', 'x1', 'n', 'nonfinite', 'min', 'max', 'mean', 'last'] as const

function table(drawn: Drawn[], input: ChartInput): Table {
  const rows = drawn.flatMap(({ entry, name }) => {
    const { y } = smoothed(entry, input.whole(name), input.smoothing)
    return y.map((smooth, i) => [name, ...COLUMNS.map((column) => entry.buffer[column][i]!), smooth])
  })
  return { header: ['series', ...COLUMNS, 'smoothed'], rows }
}
