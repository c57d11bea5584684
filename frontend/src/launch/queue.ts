import { signal } from '@preact/signals'
import { api } from '../wire/api'
import type { Run } from '../wire/types'

export interface QueueView {
  places: number
  busy: number
  waiting: Run[]
  /** There are more than `waiting` lists. */
  more: boolean
  training: Run[]
}

/** What waits, what trains and how many may at once; null until it was read. */
export const queue = signal<QueueView | null>(null)

const SHOWN = 50

export async function readQueue(): Promise<void> {
  const [state, waiting, training] = await Promise.all([
    api.queue(),
    api.runs({ state: 'queued', sort: 'created', limit: SHOWN }),
    api.runs({ state: 'starting,running,stopping,paused', sort: 'created', limit: SHOWN }),
  ])
  queue.value = { ...state, waiting: waiting.runs, more: waiting.next !== null, training: training.runs }
}

/** Keep the queue current until the returned function is called; a hidden tab asks for nothing. */
export function followQueue(every = 2000): () => void {
  const turn = () => {
    if (!document.hidden) void readQueue().catch(() => {})
  }
  turn()
  const timer = setInterval(turn, every)
  return () => clearInterval(timer)
}
