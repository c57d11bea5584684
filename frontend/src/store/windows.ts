import type { Range } from '../paint/ranges'
import type { FrameMessage } from '../wire/types'
import type { SeriesBook } from './book'
import type { DistributionBook } from './distributions'

/** What was read for one stretch of the axis: finer than the whole run can be. */
export interface Window {
  series: SeriesBook
  distributions: DistributionBook
}

/** Charts may each look at a stretch of their own; the ones looked at longest ago are let go. */
const KEPT = 16

/** The zoomed stretches of one run on the axis in force. */
export class Windows {
  private readonly held = new Map<string, Window>()

  constructor(private readonly make: (range: Range) => Window) {}

  get(range: Range | null): Window | undefined {
    return range ? this.held.get(range.join()) : undefined
  }

  /** The window of a stretch, begun if nobody has looked there yet. */
  need(range: Range): Window {
    const key = range.join()
    const window = this.held.get(key) ?? this.make(range)
    this.held.delete(key)
    this.held.set(key, window)
    if (this.held.size > KEPT) this.held.delete(this.held.keys().next().value!)
    return window
  }

  clear(): void {
    this.held.clear()
  }

  append(frame: FrameMessage): void {
    for (const { series, distributions } of this.held.values()) {
      series.append(frame)
      distributions.append(frame.distributions)
    }
  }

  reload(): Promise<unknown> {
    return Promise.allSettled(
      [...this.held.values()].flatMap((window) => [window.series.reload(), window.distributions.reload()]),
    )
  }
}
