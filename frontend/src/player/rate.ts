import { signal } from '@preact/signals'

const WINDOW = 2000
const SAID_EVERY = 500

/** Frames per second as they were painted, over the last two seconds. */
export class Rate {
  readonly perSecond = signal<number | null>(null)
  private times: number[] = []
  private saidAt = -Infinity

  /** A frame was painted at this time, in ms. */
  tick(now: number): void {
    this.times.push(now)
    while (this.times[0]! < now - WINDOW) this.times.shift()
    if (now - this.saidAt < SAID_EVERY || this.times.length < 2) return
    this.saidAt = now
    this.perSecond.value = (1000 * (this.times.length - 1)) / (now - this.times[0]!)
  }

  clear(): void {
    this.times = []
    this.perSecond.value = null
  }
}
