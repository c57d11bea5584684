import { batch, signal } from '@preact/signals'
import type { Axis, EventMessage, Rows, Run, RunState } from '../wire/types'

const STATE_AFTER: Record<string, RunState> = {
  started: 'running',
  paused: 'paused',
  resumed: 'running',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
}

/** What the server has on record of a run, and how far it has got: whichever of record and stream is ahead. */
export class RunRecord {
  readonly run = signal<Run | null>(null)
  readonly counters = signal<Record<Axis, number>>({ update: 0, env_steps: 0, episodes: 0, wall: 0 })

  accept(run: Run): void {
    const { update, env_steps, episodes } = this.counters.peek()
    batch(() => {
      this.count({
        update: Math.max(update, run.update),
        env_steps: Math.max(env_steps, run.env_steps),
        episodes: Math.max(episodes, run.episodes),
      })
      const known = this.run.peek()
      if (!known || run.version >= known.version) this.run.value = run
    })
  }

  rows({ update, env_steps, episodes, wall }: Rows): void {
    this.count({
      update: update.at(-1)!,
      env_steps: env_steps.at(-1)!,
      episodes: episodes.at(-1)!,
      wall: wall.at(-1)!,
    })
  }

  /** Seconds of training, which only rows know. */
  trained(wall: number): void {
    this.count({ wall: Math.max(this.counters.peek().wall, wall) })
  }

  /** An event may say a new state before the record does. */
  event(event: EventMessage): void {
    const state = STATE_AFTER[event.kind]
    const run = this.run.peek()
    if (!state || !run) return
    const reason = state === 'failed' ? String(event.data.reason ?? run.reason ?? '') : run.reason
    this.run.value = { ...run, state, reason }
  }

  private count(counters: Partial<Record<Axis, number>>): void {
    this.counters.value = { ...this.counters.peek(), ...counters }
  }
}
