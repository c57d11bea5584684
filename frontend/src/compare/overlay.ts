import { type Curve, curveOf, gapsAt, nearest, nonfiniteAt, nonfiniteIn, smoothed, tracesOf } from '../charts/curve'
import { frame, markShapes, nothing } from '../charts/layout'
import { beyondText } from '../charts/lines'
import { timeLook, timeScale } from '../charts/scale'
import type { ChartInput, Figure, Mark } from '../charts/types'
import { beyond, drawnValues, verticalLook, verticalRange } from '../charts/vertical'
import type { Line } from '../paint/decimate'
import { integer, short } from '../paint/format'
import type { Trace } from '../paint/plot'
import type { Range } from '../paint/ranges'
import { faded } from '../paint/theme'
import type { Entry } from '../store/book'
import { type Group, resampled, type Together, together } from './groups'
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

/** A run, or a group, at the cursor; all smoothed alike. */
export interface Value {
  id: string
  label: string
  /** The band of a group. */
  note?: string
  colour: string
  dash: string
  value: number
}

export interface OverlayFigure extends Figure {
  valuesAt(x: number): Value[]
}

/** `line` is the whole smoothed curve, of which the chart draws fewer points. */
type Drawn = Curve & { run: OverlayRun; line: Line }
interface Bundle {
  group: Group
  /** Of the band; the mean is in ink, so that it is taken for none of the runs. */
  tint: string
  ink: string
  dash: string
  mean: Together
}

/** Means of several groups, all in ink, are told apart by these; dots are kept for where runs are missing. */
const MEAN_DASHES = ['solid', 'dash', 'dashdot']

/** One metric of many runs; `groups` draws those of one group as their mean with a band, and themselves faint. */
export function overlayFigure(input: ChartInput, runs: OverlayRun[], groups: Group[], band: Band): OverlayFigure {
  const scale = timeScale(input)
  const drawn = runs.flatMap((run) => draw(run, runs.length, scale.range, input))
  const common = { x: scale.range, logX: scale.log, whole: timeScale({ ...input, range: null }).range }
  if (drawn.length === 0) return { ...nothing(input, empty(runs), true), ...common, valuesAt: () => [] }
  const bundles = groups
    .filter(({ members }) => members.length > 1)
    .flatMap((group, i) => bundle(group, i, drawn, scale.range, band, input))
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
      [
        ...bundles.map((one) => meanAt(one, at, band)),
        ...drawn.map((curve) => {
          const bundle = bundles.find(({ group }) => group.members.includes(curve.run.id))
          return bundle ? memberAt(curve, bundle, at) : curveAt(curve, at)
        }),
      ].filter(({ value }) => !Number.isNaN(value)),
    table: () => table(drawn, bundles),
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
  return [
    {
      ...curveOf(entry, whole, x, { name: run.id, colour, dash, smoothing, log, columns }),
      run,
      line: smoothed(entry, whole, smoothing),
    },
  ]
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

function bundle(group: Group, place: number, drawn: Drawn[], x: Range, band: Band, input: ChartInput): Bundle[] {
  const members = drawn.filter(({ run }) => group.members.includes(run.id))
  if (members.length < 2) return []
  const lines = members.map(({ line }) => line)
  const reach: Range = [x[0], Math.min(x[1], Math.max(...lines.map((line) => line.x.at(-1)!)))]
  const dash = MEAN_DASHES[place % MEAN_DASHES.length]!
  return [{ group, tint: members[0]!.run.colour, ink: input.palette.ink, dash, mean: together(lines, reach, band) }]
}

function bundleTraces({ group, tint, ink, dash, mean }: Bundle, band: Band): Trace[] {
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
            fillcolor: faded(tint, 0.16),
            line: { color: faded(tint, 0), width: 0 },
          },
        ]),
    { ...common, name: `${group.key} some`, x: mean.x, y: mean.mean, line: { color: ink, width: 1.4, dash: 'dot' } },
    { ...common, name: group.key, x: mean.x, y: full, line: { color: ink, width: 2.4, dash } },
  ]
}

const countText = (bundles: Bundle[]) =>
  bundles.map(({ group, mean }) => `${group.label}: N = ${integer(Math.max(...mean.n))}`).join(', ')

/** The position of the common grid that is nearest. */
function placeOf({ x }: Together, at: number): number {
  return Math.round((at - x[0]!) / (x[1]! - x[0]!))
}

function meanAt({ group, ink, dash, mean }: Bundle, at: number, band: Band): Value {
  const i = placeOf(mean, at)
  const label = `${group.label}, mean of ${mean.n[i] ?? 0}`
  const edges = `${short(mean.low[i])} … ${short(mean.high[i])}`
  const note = { range: edges, se: `± SE ${edges}`, none: undefined }[band]
  return { id: group.key, label, note, colour: ink, dash, value: mean.mean[i] ?? Number.NaN }
}

const named = ({ run }: Drawn) => ({ id: run.id, label: run.name, colour: run.colour, dash: run.dash })

/** A run of a group where its mean was taken, so that the values in one box add up. */
function memberAt(curve: Drawn, { mean }: Bundle, at: number): Value {
  const x = mean.x[placeOf(mean, at)]
  return { ...named(curve), value: x === undefined ? Number.NaN : resampled(curve.line, [x])[0]! }
}

/** A run counts only where it has been. */
function curveAt(curve: Drawn, at: number): Value {
  const { x, y } = curve.line
  const beside = at > x.at(-1)! || at < x[0]!
  return { ...named(curve), value: beside ? Number.NaN : y[nearest(x, at)]! }
}

const COLUMNS = ['x0', 'x1', 'n', 'nonfinite', 'min', 'max', 'mean', 'last'] as const

function table(drawn: Drawn[], bundles: Bundle[]) {
  const rows = drawn.flatMap(({ entry, run, line }) =>
    line.y.map((smooth, i) => [run.id, run.name, ...COLUMNS.map((column) => entry.buffer[column][i]!), smooth]),
  )
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
