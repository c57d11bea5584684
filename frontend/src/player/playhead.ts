import { batch, signal } from '@preact/signals'

/** Steps per second at normal speed, the same as when a policy is watched live. */
export const STEPS_PER_SECOND = 25

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8]

/** Where a player stands in an episode, and how it moves on. Knows nothing of pictures or of the clock. */
export class Playhead {
  readonly t = signal(0)
  readonly playing = signal(false)
  readonly speed = signal(1)
  readonly loop = signal(false)
  /** Number of pictures; the last is `length - 1`. */
  readonly length = signal(0)
  private rest = 0

  get last(): number {
    return Math.max(0, this.length.peek() - 1)
  }

  /** Another episode: its length, where to begin, and whether to run. */
  load(length: number, t: number, playing: boolean): void {
    batch(() => {
      this.length.value = length
      this.playing.value = playing && length > 1
      this.put(t)
    })
  }

  /** Go to a picture and stay there. */
  seek(t: number): void {
    batch(() => {
      this.playing.value = false
      this.put(t)
    })
  }

  step(by: number): void {
    this.seek(this.t.peek() + by)
  }

  toggle(): void {
    if (this.playing.peek()) this.playing.value = false
    else if (this.length.peek() > 1) this.play()
  }

  /** One speed slower (-1) or faster (+1). */
  nudge(by: number): void {
    const at = SPEEDS.indexOf(this.speed.peek()) + by
    this.speed.value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at))]!
  }

  /** Time has passed, in ms. Pictures that it is too late for are passed over. */
  advance(ms: number): void {
    if (!this.playing.peek()) return
    const due = this.rest + (ms / 1000) * STEPS_PER_SECOND * this.speed.peek()
    const whole = Math.floor(due)
    this.rest = due - whole
    if (whole > 0) this.move(whole)
  }

  private play(): void {
    batch(() => {
      if (this.t.peek() >= this.last) this.put(0)
      this.playing.value = true
    })
  }

  private move(by: number): void {
    const next = this.t.peek() + by
    if (next < this.last) this.t.value = next
    else if (this.loop.peek()) this.t.value = next === this.last ? next : 0
    else this.seek(this.last)
  }

  private put(t: number): void {
    this.rest = 0
    this.t.value = Math.min(this.last, Math.max(0, Math.round(t)))
  }
}
