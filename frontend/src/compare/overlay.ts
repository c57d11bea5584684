import { type Curve, curveOf, gapsAt, nonfiniteAt, nonfiniteIn, smoothed, tracesOf, valueAt } from '../charts/curve'
import { frame, markShapes, nothing } from '../charts/layout'
import { beyondText } from '../charts/lines'
import { timeLook, timeScale } from '../charts/scale'
import type { ChartInput, Figure, Mark } from '../charts/types'
import { beyond, drawnValues, verticalLook, verticalRange } from '../charts/vertical'
import { integer, short } from '../paint/format'
import type { Trace } from '../paint/plot'
import type { Range } from '../paint/ranges'
import { faded } from '../paint/theme'
import type { Entry } from '../store/book'
import { type Group, type Together, together } from './groups'
import type { Band } from './state'

/** One run as this chart knows it. */
export interface OverlayRun {
  id: string
  name: string
  colour: string
  dash: string
  entry: Entry | undefined
  whole: Entry | undefined
  marks: Mark[]
}

/** A run, or a group, at the cursor. */
export interface Value {
  id: string
  label: string
  colour: string
  value: number
}

export interface OverlayFigure extends Figure {
  valuesAt(x: number): Value[]
}

type Drawn = Curve & { run: OverlayRun }
interface Bundle {
  group: Group
  colour: string
  mean: Together
}

/** One metric of many runs; `groups` draws those of one group as their mean with a band, and themselves faint. */
export function overlayFigure(input: ChartInput, runs: OverlayRun[], groups: Group[], band: Band): OverlayFigure {
  const scale = timeScale(input)
  const drawn = runs.flatMap((run) => draw(run, runs.length, scale.range, input))
  const common = { x: scale.range, logX: scale.log, whole: timeScale({ ...input, range: null }).range }
  if (drawn.length === 0) return { ...nothing(input, empty(runs), true), ...common, valuesAt: () => [] }
  const bundles = groups
    .filter(({ members }) => members.length > 1)
    .flatMap((group) => bundle(group, drawn, scale.range, band, input))
  const grouped = new Set(bundles.flatMap(({ group }) => group.members))
  const y = verticalRange(
    [...drawnValues(drawn, input), ...bundles.flatMap(({ mean }) => [...mean.low, ...mean.high])],
    input,
  )
  const entries = drawn.map(({ entry }) => entry)
  const odd = entries.flatMap(({ buffer }) => nonfiniteAt(buffer))
  return {
    ...common,
    data: [
      ...drawn.flatMap((curve) => (grouped.has(curve.run.id) ? faint(curve) : tracesOf(curve))),
      ...bundles.flatMap((one) => bundleTraces(one, band)),
      ...gapsAt(odd, input.log ? 10 ** y[0] : y[0], input.palette.red),
    ],
    layout: frame(
      input,
      timeLook(scale),
      verticalLook(y, input),
      markShapes(
        drawn.flatMap(({ run }) => run.marks),
        scale,
        input,
      ),
    ),
    heads: drawn.map(({ run }) => ({ label: run.name, colour: run.colour })),
    timeAxis: true,
    shown: entries.reduce((sum, { buffer }) => sum + buffer.length, 0),
    total: entries.reduce((sum, entry) => sum + (input.range ? entry.buffer.total : entry.total), 0),
    nonfinite: entries.reduce((sum, entry) => sum + nonfiniteIn(entry), 0),
    note: [beyondText(beyond(drawn, y, input)), countText(bundles)].filter(Boolean).join(' · '),
    probe: () => null,
    valuesAt: (at) =>
      [...bundles.map((one) => meanAt(one, at)), ...drawn.map((curve) => curveAt(curve, at))].filter(
        ({ value }) => !Number.isNaN(value),
      ),
    table: () => table(drawn, bundles, input),
  }
}

function empty(runs: OverlayRun[]): string {
  if (runs.length === 0) return 'No run is shown.'
  return runs.some(({ entry }) => !entry || entry.state === 'loading') ? 'Reading …' : 'None of these runs measures it.'
}

function draw(run: OverlayRun, among: number, x: Range, input: ChartInput): Drawn[] {
  const { entry, whole, colour, dash } = run
  if (!entry || entry.buffer.length === 0) return []
  // Fifty curves get fewer columns each: together they are drawn as fast as a few.
  const columns = Math.max(40, input.width / (2 + among / 8))
  const { smoothing, log } = input
  return [{ ...curveOf(entry, whole, x, { name: run.id, colour, dash, smoothing, log, columns }), run }]
}

const FAINT = 0.28

function faint({ name, colour, raw, smooth }: Drawn): Trace[] {
  const { x, y } = smooth ?? raw
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name,
      x,
      y,
      line: { color: faded(colour, FAINT), width: 1 },
      hoverinfo: 'skip',
      connectgaps: false,
    },
  ]
}

function bundle(group: Group, drawn: Drawn[], x: Range, band: Band, input: ChartInput): Bundle[] {
  const members = drawn.filter(({ run }) => group.members.includes(run.id))
  if (members.length < 2) return []
  const lines = members.map(({ entry, run }) => smoothed(entry, run.whole, input.smoothing))
  const reach: Range = [x[0], Math.min(x[1], Math.max(...lines.map((line) => line.x.at(-1)!)))]
  return [{ group, colour: members[0]!.run.colour, mean: together(lines, reach, band) }]
}

function bundleTraces({ group, colour, mean }: Bundle, band: Band): Trace[] {
  const all = Math.max(...mean.n)
  const common = { type: 'scatter' as const, mode: 'lines' as const, hoverinfo: 'skip' as const, connectgaps: false }
  const there = mean.x.map((_, i) => i).filter((i) => mean.n[i]! > 0)
  const ring = [...there, ...there.toReversed()]
  const edge = {
    ...common,
    name: `${group.key} band`,
    x: ring.map((i) => mean.x[i]!),
    y: ring.map((i, at) => (at < there.length ? mean.high : mean.low)[i]!),
  }
  const full = mean.mean.map((value, i) => (mean.n[i] === all ? value : Number.NaN))
  return [
    ...(band === 'none'
      ? []
      : [
          {
            ...edge,
            fill: 'toself' as const,
            fillcolor: faded(colour, 0.16),
            line: { color: faded(colour, 0), width: 0 },
          },
        ]),
    { ...common, name: `${group.key} some`, x: mean.x, y: mean.mean, line: { color: colour, width: 1.4, dash: 'dot' } },
    { ...common, name: group.key, x: mean.x, y: full, line: { color: colour, width: 2.4 } },
  ]
}

const countText = (bundles: Bundle[]) =>
  bundles.map(({ group, mean }) => `${group.label}: N = ${integer(Math.max(...mean.n))}`).join(', ')

function meanAt({ group, colour, mean }: Bundle, at: number): Value {
  const step = mean.x[1]! - mean.x[0]!
  const i = Math.round((at - mean.x[0]!) / step)
  const value = mean.mean[i] ?? Number.NaN
  return {
    id: group.key,
    label: `${group.label}, mean of ${mean.n[i] ?? 0} (${short(mean.low[i])} … ${short(mean.high[i])})`,
    colour,
    value,
  }
}

/** A run counts only where it has been. */
function curveAt({ entry, run, smooth, raw }: Drawn, at: number): Value {
  const { x } = smooth ?? raw
  const beside = at > x.at(-1)! || at < x[0]!
  return { id: run.id, label: run.name, colour: run.colour, value: beside ? Number.NaN : valueAt(entry.buffer, at) }
}

const COLUMNS = ['x0', 'x1', 'n', 'nonfinite', 'min', 'max', 'mean', 'last'] as const

function table(drawn: Drawn[], bundles: Bundle[], input: ChartInput) {
  const rows = drawn.flatMap(({ entry, run }) => {
    const { y } = smoothed(entry, run.whole, input.smoothing)
    return y.map((smooth, i) => [run.id, run.name, ...COLUMNS.map((column) => entry.buffer[column][i]!), smooth])
  })
  const means = bundles.flatMap(({ group, mean }) =>
    mean.x.map((x, i) => [
      '',
      `${group.label} (mean of runs)`,
      x,
      x,
      mean.n[i]!,
      0,
      mean.low[i]!,
      mean.high[i]!,
      mean.mean[i]!,
      '',
      '',
    ]),
  )
  return { header: ['run', 'name', ...COLUMNS, 'smoothed'], rows: [...rows, ...means] }
}
