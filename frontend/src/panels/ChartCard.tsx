import { computed, signal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { saveCsv, savePicture } from '../charts/export'
import { MARGIN } from '../charts/layout'
import type { ChartSpec, Figure, Head } from '../charts/types'
import { integer, short } from '../paint/format'
import { loadPlotly, Plot } from '../paint/plot'
import { scheduler } from '../paint/scheduler'
import type { RunStore } from '../store/run'
import { cursor, extraCharts, logCharts, range, toggleExtra, toggleLog, touchedChart } from '../store/view'
import { Menu } from '../ui/Menu'
import type { Metric } from '../wire/types'
import { ChartPainter } from './painter'

interface Props {
  spec: ChartSpec
  store: RunStore
  metrics: Metric[]
}

/** One chart: head with quantity, unit and value; the drawing; the shared cursor over it. */
export function ChartCard({ spec, store, metrics }: Props) {
  const surface = useRef<HTMLDivElement>(null)
  const chart = useMemo(() => new Chart(spec, store, metrics), [spec.id, store])
  useEffect(() => chart.mount(surface.current!), [chart])
  const touched = touchedChart.value === spec.id
  const empty = chart.empty.value
  return (
    <figure
      class={`card chart-card ${touched ? 'touched' : ''}`}
      data-chart={spec.id}
      hidden={chart.absent.value}
      onPointerEnter={() => chart.touch()}
      onFocusCapture={() => chart.touch()}
    >
      <CardHead chart={chart} spec={spec} store={store} />
      <div class="chart-body" onPointerMove={(event) => chart.point(event)} onPointerLeave={() => chart.leave()}>
        <div class="surface" ref={surface} style={{ visibility: empty ? 'hidden' : 'visible' }} />
        <CursorLine chart={chart} />
        {empty && <p class="chart-empty">{empty}</p>}
      </div>
    </figure>
  )
}

/** How often, and how many milliseconds apart, a download looks for numbers that are on their way. */
const CSV_TRIES = 50
const CSV_PAUSE = 100

class Chart {
  readonly figure = signal<Figure | null>(null)
  readonly empty = computed(() => this.figure.value?.empty)
  /** Pointer position on this chart's own axis, where that is not the shared one. */
  readonly pointer = signal<number | null>(null)
  /** Nothing of it is measured in this run: no place on the desk. */
  readonly absent = signal(false)
  private readonly painter: ChartPainter
  private plot: Plot | null = null

  constructor(
    readonly spec: ChartSpec,
    store: RunStore,
    metrics: Metric[],
  ) {
    this.painter = new ChartPainter(spec, store, metrics)
  }

  mount(element: HTMLElement): () => void {
    const { id, rest } = this.spec
    const leaveScheduler = scheduler.add({ id, rest, stamp: () => this.painter.stamp(), paint: () => this.paint() })
    const seen = new IntersectionObserver((entries) => scheduler.setVisible(id, entries.at(-1)!.isIntersecting))
    const sized = new ResizeObserver(() => this.resize(element))
    seen.observe(element)
    sized.observe(element)
    const timer = setInterval(() => {
      this.absent.value = this.painter.absent()
    }, 1000)
    let gone = false
    void loadPlotly().then((plotly) => {
      if (gone) return
      this.plot = new Plot(plotly, element, { zoom: (next) => (range.value = next), reset: () => (range.value = null) })
      scheduler.invalidate(id)
    })
    return () => {
      gone = true
      clearInterval(timer)
      seen.disconnect()
      sized.disconnect()
      leaveScheduler()
      this.plot?.dispose()
    }
  }

  touch(): void {
    touchedChart.value = this.spec.id
    scheduler.touch(this.spec.id)
  }

  point(event: PointerEvent): void {
    const figure = this.figure.peek()
    const body = event.currentTarget as HTMLElement
    const box = body.getBoundingClientRect()
    const share = (event.clientX - box.left - MARGIN.l) / (box.width - MARGIN.l - MARGIN.r)
    const at = figure && share >= 0 && share <= 1 ? figure.x[0] + share * (figure.x[1] - figure.x[0]) : null
    if (figure?.timeAxis) cursor.value = at
    else this.pointer.value = at
  }

  leave(): void {
    this.pointer.value = null
    if (this.spec.timeAxis) cursor.value = null
  }

  /** What the head says while something is pointed at. */
  probe(): string | null {
    const figure = this.figure.value
    const at = figure?.timeAxis ? cursor.value : this.pointer.value
    return figure && at !== null ? figure.probe(at) : null
  }

  /** What the data say now, not at the last repaint; numbers that are still being read are waited for. */
  async csv(): Promise<void> {
    let figure = this.painter.figure()
    for (let tries = 0; figure.empty && tries < CSV_TRIES; tries += 1) {
      await new Promise((done) => setTimeout(done, CSV_PAUSE))
      figure = this.painter.figure()
    }
    saveCsv(this.spec.id, figure)
  }

  picture(): void {
    const figure = this.figure.peek()
    if (figure && this.plot) void savePicture(this.plot, this.spec, figure, this.painter.size)
  }

  private resize(element: HTMLElement): void {
    this.painter.size = { width: element.clientWidth, height: element.clientHeight }
  }

  private paint(): void {
    if (this.painter.size.width < 40 || this.painter.size.height < 40) return
    const figure = this.painter.figure()
    this.figure.value = figure
    if (!figure.empty) this.plot?.draw(figure.data, figure.layout)
  }
}

function CardHead({ chart, spec, store }: { chart: Chart; spec: ChartSpec; store: RunStore }) {
  const figure = chart.figure.value
  const probe = chart.probe()
  const thinned = figure?.timeAxis && figure.shown < figure.total
  const note = thinned ? `showing ${integer(figure.shown)} of ${integer(figure.total)}` : figure?.note
  return (
    <figcaption class="chart-head">
      <h3 title={spec.doc}>{spec.title}</h3>
      <span class="chart-note">{note}</span>
      {figure !== null && figure.nonfinite > 0 && <span class="badge">{integer(figure.nonfinite)} non-finite</span>}
      {probe ? (
        <span class="chart-probe">{probe}</span>
      ) : (
        <span class="chart-heads">
          {figure?.heads.map((head, i) => (
            <HeadValue key={head.metric ?? i} head={head} store={store} />
          ))}
        </span>
      )}
      <Menu label={`${spec.title}: menu`} items={items(chart, spec)} />
    </figcaption>
  )
}

function items(chart: Chart, spec: ChartSpec) {
  const own = spec.id.startsWith('metric:')
    ? extraCharts.value.find((key) => spec.id === `metric:${key.replace(/^~/, '')}`)
    : undefined
  return [
    ...(spec.timeAxis
      ? [
          {
            text: logCharts.value.has(spec.id) ? 'Linear y' : 'Logarithmic y',
            hint: 'y',
            act: () => toggleLog(spec.id),
          },
        ]
      : []),
    { text: 'Download CSV', act: () => void chart.csv() },
    { text: 'Download PNG', act: () => chart.picture() },
    ...(own ? [{ text: 'Close this chart', act: () => toggleExtra(own) }] : []),
  ]
}

/** Bound to its signal: it moves with the stream, not with the repaints. */
function HeadValue({ head, store }: { head: Head; store: RunStore }) {
  const text = head.metric ? short(store.latest(head.metric).value) : head.text
  return (
    <span>
      {head.label && <small>{head.label} </small>}
      <strong style={{ color: head.colour }}>{text}</strong>
      {head.unit && <small> {head.unit}</small>}
    </span>
  )
}

function CursorLine({ chart }: { chart: Chart }) {
  const figure = chart.figure.value
  const at = cursor.value
  if (!figure?.timeAxis || at === null || at < figure.x[0] || at > figure.x[1]) return null
  const share = (at - figure.x[0]) / (figure.x[1] - figure.x[0])
  return (
    <div class="cursor-line" style={{ left: `calc(${MARGIN.l}px + (100% - ${MARGIN.l + MARGIN.r}px) * ${share})` }} />
  )
}
