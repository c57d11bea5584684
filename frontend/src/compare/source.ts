import type { ChartInput, Mark } from '../charts/types'
import type { Range } from '../paint/ranges'
import { colourOf, palette } from '../paint/theme'
import { type FigureSource, lookStamp, marksOf } from '../panels/painter'
import { controlsOf, metricOf } from '../store/catalog'
import type { RunStore } from '../store/run'
import { axis, calmCharts, logCharts, logTime, rangeOf, smoothing } from '../store/view'
import type { Gathering } from './gathering'
import { type Group, groupsOf } from './groups'
import { type OverlayFigure, type OverlayRun, overlayFigure } from './overlay'
import { band, grouping, hiddenRuns, lookHere } from './state'

/** Computes the chart of one metric from the stores of the compared runs. */
export class OverlaySource implements FigureSource {
  size = { width: 0, height: 0 }
  private readonly memory = new Map<string, Range>()

  constructor(
    private readonly metric: string,
    private readonly gathering: Gathering,
  ) {}

  stamp(): string {
    const range = rangeOf(this.metric)
    const runs = this.shown().map((store) => {
      const entry = store.series(this.metric, range)
      return `${store.id} ${store.status.peek()} ${entry?.state}${entry?.buffer.version} ${entry?.buffer.length} ${store.events.list.peek().length}`
    })
    const { width, height } = this.size
    return `${runs}|${range}|${smoothing.peek()}|${grouping.peek()} ${band.peek()}|${lookStamp(this.metric)}|${width}x${height}`
  }

  figure(): OverlayFigure {
    const range = rangeOf(this.metric)
    const stores = this.shown()
    for (const store of stores) store.need([this.metric], [], range)
    return overlayFigure(
      this.input(stores, range),
      stores.map((store) => this.run(store, range)),
      groupsNow(stores),
      band.peek(),
    )
  }

  absent(): boolean {
    return false
  }

  private shown(): RunStore[] {
    return [...this.gathering.stores.peek().values()].filter(({ id }) => !hiddenRuns.peek().has(id))
  }

  private run(store: RunStore, range: Range | null): OverlayRun {
    const { colour, dash } = lookHere(store.id)
    const drawn = colourOf(palette.peek(), `run-${colour}`)
    return {
      id: store.id,
      name: store.run.peek()?.name ?? store.id,
      colour: drawn,
      dash,
      entry: store.series(this.metric, range),
      whole: store.whole(this.metric),
      marks: marksIn(store, drawn),
    }
  }

  private input(stores: RunStore[], range: Range | null): ChartInput {
    const last = stores.map((store) => store.whole(this.metric)?.buffer.lastX ?? 0).filter(Number.isFinite)
    return {
      names: [this.metric],
      series: () => undefined,
      whole: () => undefined,
      histograms: () => undefined,
      metric: (name, kind = 'scalar') => metricOf(name, kind),
      values: {},
      controls: [],
      environment: undefined,
      marks: [],
      place: (update) => stores[0]?.places.place(update, axis.peek()) ?? update,
      axis: axis.peek(),
      now: Math.max(0, ...last),
      range,
      smoothing: smoothing.peek(),
      log: logCharts.peek().has(this.metric),
      logTime: logTime.peek(),
      calm: calmCharts.peek().has(this.metric),
      palette: palette.peek(),
      width: this.size.width,
      height: this.size.height,
      memory: this.memory,
    }
  }
}

/** Edits of a run, in its colour. */
function marksIn(store: RunStore, colour: string): Mark[] {
  const run = store.run.peek()
  return run ? marksOf(store, controlsOf(run.algorithm)).map((mark) => ({ ...mark, colour })) : []
}

export function groupsNow(stores: RunStore[]): Group[] {
  if (grouping.value === 'none') return []
  const members = stores.flatMap((store) =>
    store.run.value ? [{ run: store.run.value, events: store.events.list.value }] : [],
  )
  return groupsOf(members, grouping.value)
}
