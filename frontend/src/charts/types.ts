import type { Layout, Trace } from '../paint/plot'
import type { Range } from '../paint/ranges'
import type { Palette } from '../paint/theme'
import type { Entry } from '../store/book'
import type { Histograms } from '../store/distributions'
import type { Axis, Control, Environment, Metric, Value } from '../wire/types'

/** A fact on the time axis. */
export interface Mark {
  x: number
  label: string
  /** A boundary put on its wrong side. */
  wrong: boolean
  /** Of whom it is, where several runs share a chart. */
  colour?: string
}

/** Everything a figure may depend on. Figures are pure but for `memory`, which keeps ranges steady. */
export interface ChartInput {
  /** The series that the chart asked for. */
  names: string[]
  series(name: string): Entry | undefined
  /** The series of the whole run, of which a zoomed window continues. */
  whole(name: string): Entry | undefined
  histograms(name: string): Histograms | undefined
  metric(name: string, kind?: Metric['kind']): Metric | undefined
  values: Record<string, Value>
  controls: Control[]
  environment: Environment | undefined
  marks: Mark[]
  /** An update's place on the axis in force. */
  place(update: number): number
  axis: Axis
  now: number
  range: Range | null
  smoothing: number
  log: boolean
  /** Logarithmic time axis. */
  logTime: boolean
  /** The outermost values may lie outside the range. */
  calm: boolean
  palette: Palette
  width: number
  height: number
  memory: Map<string, Range>
}

/** A number in the head: the newest value of `metric`, or fixed `text`. */
export interface Head {
  metric?: string
  text?: string
  label?: string
  unit?: string
  colour: string
}

export interface Table {
  header: string[]
  rows: (number | string)[][]
}

export interface Figure {
  data: Trace[]
  layout: Layout
  heads: Head[]
  /** Range of the horizontal axis, and whether it is the shared time axis. */
  x: Range
  /** Equal distances are equal factors. */
  logX?: boolean
  /** What it would show unzoomed. */
  whole?: Range
  timeAxis: boolean
  shown: number
  total: number
  nonfinite: number
  /** Said in place of the picture when there is nothing to draw yet. */
  empty?: string
  note?: string
  /** What is at this x, for the shared cursor and the pointer. */
  probe(x: number): string | null
  table(): Table
}

export interface ChartSpec {
  id: string
  title: string
  /** Place on the desk; charts without one open from the list of all metrics. */
  order: number
  /** One sentence about how to read it. */
  doc?: string
  /** Series it reads; it is offered only when the catalog declares at least one of its metrics. */
  series(metrics: Metric[]): string[]
  distributions?: string[]
  /** Its histograms are read once it is seen, so that many of them do not delay the desk. */
  later?: boolean
  timeAxis: boolean
  /** Whether a run in this environment has anything to draw; without it every run has. */
  fits?(environment: Environment | null): boolean
  /** Least time between two repaints that only new numbers ask for, in ms; for what is costly and changes slowly. */
  rest?: number
  figure(input: ChartInput): Figure
}

export const chart = (spec: ChartSpec): ChartSpec => spec
