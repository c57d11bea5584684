import { computed, signal } from '@preact/signals'
import { type PictureFormat, saveCsv, savePicture } from '../charts/export'
import { MARGIN } from '../charts/layout'
import { atShare, type Scale, zoomed } from '../charts/scale'
import type { Figure } from '../charts/types'
import { loadPlotly, Plot } from '../paint/plot'
import { scheduler } from '../paint/scheduler'
import { cursor, setRange, touchedChart } from '../store/view'
import type { FigureSource } from './painter'

/** What a drawing needs to know of its chart. */
export interface Drawn {
  id: string
  title: string
  timeAxis: boolean
  rest?: number
}

/** How often, and how many milliseconds apart, a download looks for numbers that are on their way. */
const CSV_TRIES = 50
const CSV_PAUSE = 100

/** One step of the wheel. */
const WHEEL = 1.25

/** One chart on the page: painted when its turn comes, pointed at, zoomed, saved. */
export class Drawing {
  readonly figure = signal<Figure | null>(null)
  readonly empty = computed(() => this.figure.value?.empty)
  /** Pointer position on this chart's own axis, where that is not the shared one. */
  readonly pointer = signal<number | null>(null)
  /** How far up the plot area the pointer is, 0 to 1; null while it is elsewhere. */
  readonly height = signal<number | null>(null)
  readonly absent = signal(false)
  private plot: Plot | null = null

  constructor(
    readonly spec: Drawn,
    private readonly source: FigureSource,
  ) {}

  mount(element: HTMLElement): () => void {
    const { id, rest } = this.spec
    const leaveScheduler = scheduler.add({ id, rest, stamp: () => this.source.stamp(), paint: () => this.paint() })
    const seen = new IntersectionObserver((entries) => scheduler.setVisible(id, entries.at(-1)!.isIntersecting))
    const sized = new ResizeObserver(() => this.resize(element))
    seen.observe(element)
    sized.observe(element)
    const wheel = (event: WheelEvent) => this.wheel(event)
    element.addEventListener('wheel', wheel, { passive: false })
    const timer = setInterval(() => {
      this.absent.value = this.source.absent()
    }, 1000)
    let gone = false
    void loadPlotly().then((plotly) => {
      if (gone) return
      this.plot = new Plot(plotly, element, { zoom: (next) => setRange(id, next), reset: () => setRange(id, null) })
      scheduler.invalidate(id)
    })
    return () => {
      gone = true
      clearInterval(timer)
      element.removeEventListener('wheel', wheel)
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
    const at = this.positionOf(event)
    if (this.figure.peek()?.timeAxis) cursor.value = at
    else this.pointer.value = at
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    this.height.value = (box.bottom - MARGIN.b - event.clientY) / (box.height - MARGIN.t - MARGIN.b)
  }

  leave(): void {
    this.pointer.value = null
    this.height.value = null
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
    let figure = this.source.figure()
    for (let tries = 0; figure.empty && tries < CSV_TRIES; tries += 1) {
      await new Promise((done) => setTimeout(done, CSV_PAUSE))
      figure = this.source.figure()
    }
    saveCsv(this.spec.id, figure)
  }

  picture(format: PictureFormat): void {
    const figure = this.figure.peek()
    if (figure && this.plot) void savePicture(this.plot, this.spec, figure, this.source.size, format)
  }

  private scale(): Scale | null {
    const figure = this.figure.peek()
    return figure && { range: figure.x, log: figure.logX ?? false }
  }

  /** Where the pointer is on the horizontal axis; null beside the plot area. */
  private positionOf(event: MouseEvent): number | null {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const share = (event.clientX - box.left - MARGIN.l) / (box.width - MARGIN.l - MARGIN.r)
    const scale = this.scale()
    return scale && share >= 0 && share <= 1 ? atShare(share, scale) : null
  }

  /** Alt and wheel: closer about the pointer, and back until the whole run is seen again. */
  private wheel(event: WheelEvent): void {
    const scale = this.scale()
    const at = this.positionOf(event)
    if (!event.altKey || !this.spec.timeAxis || !scale || at === null) return
    event.preventDefault()
    const [from, to] = zoomed(scale, at, event.deltaY < 0 ? 1 / WHEEL : WHEEL)
    const [first, last] = this.figure.peek()?.whole ?? scale.range
    const all = from <= first && to >= last
    setRange(this.spec.id, all ? null : [Math.max(from, first), Math.min(to, last)])
  }

  private resize(element: HTMLElement): void {
    this.source.size = { width: element.clientWidth, height: element.clientHeight }
  }

  private paint(): void {
    if (this.source.size.width < 40 || this.source.size.height < 40) return
    const figure = this.source.figure()
    this.figure.value = figure
    if (!figure.empty) this.plot?.draw(figure.data, figure.layout)
  }
}
