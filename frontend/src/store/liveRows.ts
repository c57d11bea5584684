import { type Signal, signal } from '@preact/signals'
import { api } from '../wire/api'
import { live, type Sink } from '../wire/socket'
import type { FrameMessage, Run } from '../wire/types'
import { forget, isActive, replace } from './runs'
import { extendSpark, rereadSpark } from './sparks'

export interface Counters {
  update: number
  env_steps: number
  episodes: number
}

/** Rows followed at once, well below what the server allows one socket. */
const FOLLOWED = 40
const MAX_HZ = 2
/** The returns in a record are the server's; they are read again this often for the rows in view. */
const REREAD_MS = 5000

const counters = new Map<string, Signal<Counters | null>>()
const following = new Map<string, () => void>()

/** What the stream last said of a run; null while it is not followed. */
export function countersOf(run: string): Signal<Counters | null> {
  const known = counters.get(run) ?? signal<Counters | null>(null)
  counters.set(run, known)
  return known
}

/** Follow the active ones among the rows in view, and no others. */
export function followRows(visible: Run[]): void {
  const wanted = new Set(
    visible
      .filter(isActive)
      .slice(0, FOLLOWED)
      .map(({ id }) => id),
  )
  for (const [id, stop] of following) {
    if (wanted.has(id)) continue
    stop()
    following.delete(id)
    counters.delete(id)
    void rereadSpark(id)
  }
  for (const id of wanted) if (!following.has(id)) following.set(id, follow(id))
}

function follow(id: string): () => void {
  const unsubscribe = live.subscribe(id, { after: null, metrics: [], distributions: [], max_hz: MAX_HZ }, sinkOf(id))
  const timer = setInterval(() => !document.hidden && void api.run(id).then(replace, () => {}), REREAD_MS)
  return () => {
    unsubscribe()
    clearInterval(timer)
  }
}

const sinkOf = (id: string): Sink => ({
  frame: take,
  event: () => {},
  skip: () => {},
  run: replace,
  gone: () => forget([id]),
  reload: () => {},
})

function take(frame: FrameMessage): void {
  const { update, env_steps, episodes } = frame.rows
  countersOf(frame.run).value = { update: update.at(-1)!, env_steps: env_steps.at(-1)!, episodes: episodes.at(-1)! }
  extendSpark(frame.run, frame.ended)
}
