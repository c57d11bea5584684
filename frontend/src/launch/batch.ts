import { computed, signal } from '@preact/signals'
import type { StartBody } from '../wire/api'
import type { Run } from '../wire/types'

export interface Start {
  seed: number
  name: string
  body: StartBody
  /** One key for all tries: a repeat of a start that did arrive finds its run. */
  key: string
  state: 'waiting' | 'sending' | 'started' | 'failed'
  run: string | null
  error: string | null
}

export const newStart = (seed: number, body: StartBody, key: string): Start => ({
  seed,
  name: String(body.name ?? ''),
  body,
  key,
  state: 'waiting',
  run: null,
  error: null,
})

/** Several starts, sent one after the other so that they queue in the order of their seeds. */
export class Batch {
  readonly starts = signal<Start[]>([])
  readonly busy = signal(false)
  readonly started = computed(() => this.starts.value.filter(({ state }) => state === 'started'))
  readonly failed = computed(() => this.starts.value.filter(({ state }) => state === 'failed'))

  constructor(
    starts: Start[],
    private readonly send: (body: StartBody, key: string) => Promise<Run>,
  ) {
    this.starts.value = starts
  }

  /** Start what has not started; true when everything has. */
  async go(): Promise<boolean> {
    this.busy.value = true
    for (const { key } of this.starts.peek().filter(({ state }) => state !== 'started')) await this.one(key)
    this.busy.value = false
    return this.failed.peek().length === 0
  }

  private async one(key: string): Promise<void> {
    this.note(key, { state: 'sending', error: null })
    try {
      const run = await this.send(this.starts.peek().find((start) => start.key === key)!.body, key)
      this.note(key, { state: 'started', run: run.id })
    } catch (error) {
      this.note(key, { state: 'failed', error: error instanceof Error ? error.message : String(error) })
    }
  }

  private note(key: string, change: Partial<Start>): void {
    this.starts.value = this.starts.peek().map((start) => (start.key === key ? { ...start, ...change } : start))
  }
}
