import type { ChartInput, ChartSpec, Figure, Mark } from '../charts/types'
import { valueText } from '../paint/format'
import type { Range } from '../paint/ranges'
import { palette } from '../paint/theme'
import { controlsOf, environmentOf, metricOf } from '../store/catalog'
import { changesOf } from '../store/events'
import type { RunStore } from '../store/run'
import { axis, calmCharts, logCharts, logTime, rangeOf, smoothing } from '../store/view'
import type { Control, Metric } from '../wire/types'
import { isWrong } from './equation'

/** Edits of the run as marks on the axis in force. */
export function marksOf(store: RunStore, controls: Control[]): Mark[] {
  return store.events.list.peek().flatMap((event) => {
    if (event.kind !== 'control_changed') return []
    return changesOf(event).map((change) => {
      const control = controls.find(({ name }) => name === change.name)
      const label = `${control?.title ?? change.name}: ${valueText(change.new)}`
      const wrong = control !== undefined && isWrong(control, change.new)
      return { x: store.places.place(event.at_update, axis.peek()), label, wrong }
    })
  })
}

/** The newest position on the axis in force. */
export function nowOn(store: RunStore): number {
  const counters = store.counters.peek()
  return counters[axis.peek()]
}

/** What the person has chosen about the look of a chart. */
export const lookStamp = (id: string): string =>
  `${axis.peek()} ${logCharts.peek().has(id)} ${logTime.peek()} ${calmCharts.peek().has(id)} ${palette.peek().ink}`

/** Something that computes a chart's figure; `stamp` tells whether it would come out differently. */
export interface FigureSource {
  size: { width: number; height: number }
  stamp(): string
  figure(): Figure
  /** Nothing of it is measured: it needs no place on the page. */
  absent(): boolean
}

/** Computes one chart's figure from the stores; `stamp` tells whether it would come out differently. */
export class ChartPainter implements FigureSource {
  private readonly memory = new Map<string, Range>()
  size = { width: 0, height: 0 }

  constructor(
    private readonly spec: ChartSpec,
    private readonly store: RunStore,
    private readonly metrics: Metric[],
  ) {}

  get names(): string[] {
    return this.spec.series(this.metrics)
  }

  stamp(): string {
    const { store, spec } = this
    const range = rangeOf(spec.id)
    const series = this.names.map((name) => this.version(name)).join()
    const held = (spec.distributions ?? []).map((name) => this.histogramVersion(name)).join()
    const time = spec.timeAxis ? `${smoothing.peek()} ${store.events.list.peek().length}` : ''
    return `${series}|${held}|${range}|${time}|${lookStamp(spec.id)}|${this.size.width}x${this.size.height}|${store.status.peek()}`
  }

  figure(): Figure {
    this.store.need(this.names, this.spec.distributions ?? [], rangeOf(this.spec.id))
    return this.spec.figure(this.input())
  }

  /** The run has gone on for a while and has measured nothing of what this chart shows. */
  absent(): boolean {
    const { store, spec } = this
    if (store.status.peek() !== 'ready' || store.counters.peek().update < 3) return false
    const lacking = (name: string) => {
      const entry = store.whole(name)
      return entry?.state === 'ready' && entry.buffer.length === 0
    }
    const empty = (name: string) => {
      const held = store.histograms(name)
      return held?.state === 'ready' && held.rows.length === 0
    }
    return (spec.distributions ?? []).length > 0 ? spec.distributions!.every(empty) : this.names.every(lacking)
  }

  private version(name: string): string {
    const entry = this.store.series(name, rangeOf(this.spec.id))
    return entry ? `${entry.state}${entry.buffer.version} ${entry.buffer.length}` : ''
  }

  private histogramVersion(name: string): string {
    const held = this.store.histograms(name, rangeOf(this.spec.id))
    return held ? `${held.state}${held.version} ${held.rows[0]?.first}` : ''
  }

  private input(): ChartInput {
    const { store, spec } = this
    const run = store.run.peek()
    const range = rangeOf(spec.id)
    const controls = run ? controlsOf(run.algorithm) : []
    return {
      names: this.names,
      series: (name) => store.series(name, range),
      whole: (name) => store.whole(name),
      histograms: (name) => store.histograms(name, range),
      metric: (name, kind = 'scalar') => metricOf(name, kind),
      values: store.controls.confirmed.peek(),
      controls,
      environment: environmentOf(run?.environment.id),
      marks: marksOf(store, controls),
      place: (update) => store.places.place(update, axis.peek()),
      axis: axis.peek(),
      now: nowOn(store),
      range,
      smoothing: smoothing.peek(),
      log: logCharts.peek().has(spec.id),
      logTime: logTime.peek(),
      calm: calmCharts.peek().has(spec.id),
      palette: palette.peek(),
      width: this.size.width,
      height: this.size.height,
      memory: this.memory,
    }
  }
}
