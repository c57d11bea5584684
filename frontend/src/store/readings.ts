import type { Range } from '../paint/ranges'
import { api } from '../wire/api'
import type { Axis, FrameMessage } from '../wire/types'
import { AxisMap } from './axis'
import { type Entry, SeriesBook } from './book'
import { metricOf } from './catalog'
import { DistributionBook, type Histograms } from './distributions'
import { Latest } from './latest'
import { type Window, Windows } from './windows'

/** What one run has measured, on the axis in force: the whole run, and every stretch that a chart looks at closely. */
export class Readings {
  readonly places = new AxisMap()
  readonly newest = new Latest()
  readonly distributions: DistributionBook
  private readonly windows = new Windows((range) => this.window(range))
  main: SeriesBook

  constructor(
    private readonly run: string,
    axis: Axis,
  ) {
    this.main = this.book(axis, null)
    this.distributions = this.histogramBook(null)
  }

  /** The series as the screen shows it: the zoomed window once it is here. */
  series(name: string, range: Range | null): Entry | undefined {
    const zoomed = this.windows.get(range)?.series.get(name)
    return zoomed?.state === 'ready' ? zoomed : this.main.get(name)
  }

  histograms(name: string, range: Range | null): Histograms | undefined {
    const zoomed = this.windows.get(range)?.distributions.get(name)
    return zoomed?.state === 'ready' ? zoomed : this.distributions.get(name)
  }

  need(names: string[], distributions: string[], range: Range | null): void {
    this.main.need(names)
    this.distributions.need(distributions)
    if (!range) return
    const window = this.windows.need(range)
    window.series.need(names)
    window.distributions.need(distributions)
  }

  append(frame: FrameMessage): void {
    this.main.append(frame)
    this.places.append(frame.rows)
    this.distributions.append(frame.distributions)
    this.windows.append(frame)
  }

  follow(axis: Axis): void {
    if (this.main.axis === axis) return
    this.main = this.book(axis, null)
    this.windows.clear()
  }

  async reload(): Promise<void> {
    await Promise.allSettled([this.main.reload(), this.windows.reload(), this.distributions.reload()])
  }

  /** Nothing held is trusted any more. */
  forget(): void {
    this.distributions.clear()
    this.main = this.book(this.main.axis, null)
    this.windows.clear()
  }

  private book(x: Axis, window: Range | null): SeriesBook {
    const read = async (names: string[], on: Axis, asked: object) => {
      const reply = await api.series(this.run, names, on, asked)
      if (!window) this.newest.history(reply)
      return reply
    }
    return new SeriesBook(read, x, window && { from: window[0], to: window[1] })
  }

  /** A window is given on the axis in force; histograms are asked for by update. */
  private window(range: Range): Window {
    const { axis } = this.main
    const [from, to] = range.map((x) => this.places.update(x, axis)) as Range
    return {
      series: this.book(axis, range),
      distributions: this.histogramBook({ from: Math.floor(from), to: Math.ceil(to) + 1 }),
    }
  }

  private histogramBook(window: { from: number; to: number } | null): DistributionBook {
    return new DistributionBook(
      (name, asked) => api.distributions(this.run, name, asked),
      (name) => (metricOf(name, 'distribution')?.edges as number[] | undefined) ?? [],
      undefined,
      window,
    )
  }
}
