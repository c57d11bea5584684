import { signal } from '@preact/signals'
import { api } from '../wire/api'
import { decodeOrNaN } from '../wire/numbers'
import { live, type Sink } from '../wire/socket'
import type { FrameMessage, Run } from '../wire/types'

export const runs = signal<Run[]>([])
export const runsState = signal<'loading' | 'ready' | 'error'>('loading')
export const runsError = signal('')
export const moreRuns = signal<string | null>(null)
/** Return over episodes, for the sparkline. */
export interface Spark {
  x: number[]
  y: number[]
}

export const returns = signal<Record<string, Spark>>({})

const ACTIVE = new Set(['queued', 'starting', 'running', 'paused', 'stopping'])
const WATCHED = 8
const SPARK_POINTS = 60

export const isActive = (run: Run): boolean => ACTIVE.has(run.state)
export const isTerminal = (run: Run): boolean => !ACTIVE.has(run.state)

/** Keep the table current until the returned function is called; a hidden tab asks for nothing. */
export function followRuns(every = 3000): () => void {
  const watching = new Map<string, () => void>()
  const turn = async () => {
    if (!document.hidden) {
      await refreshRuns()
      watchActive(watching)
    }
  }
  void turn()
  const timer = setInterval(turn, every)
  return () => {
    clearInterval(timer)
    for (const stop of watching.values()) stop()
  }
}

export async function refreshRuns(): Promise<void> {
  try {
    const page = await api.runs({ sort: '-created' })
    const oldest = page.runs.at(-1)?.created ?? ''
    const further = page.next ? runs.peek().filter((run) => run.created < oldest) : []
    runs.value = [...page.runs, ...further]
    if (further.length === 0) moreRuns.value = page.next
    runsState.value = 'ready'
    await Promise.all(
      page.runs
        .slice(0, 30)
        .filter((run) => !(run.id in returns.peek()))
        .map(readReturns),
    )
  } catch (error) {
    runsError.value = error instanceof Error ? error.message : String(error)
    if (runsState.peek() === 'loading') runsState.value = 'error'
  }
}

export async function loadMoreRuns(): Promise<void> {
  const page = await api.runs({ sort: '-created', after: moreRuns.peek() })
  runs.value = [...runs.peek(), ...page.runs]
  moreRuns.value = page.next
  await Promise.all(page.runs.map(readReturns))
}

async function readReturns(run: Run): Promise<void> {
  const name = 'episode/return'
  const reply = await api.series(run.id, [name], 'episodes', { points: SPARK_POINTS }).catch(() => null)
  const columns = reply?.series[name]
  const spark = { x: columns?.x1 ?? [], y: columns?.mean.map(decodeOrNaN) ?? [] }
  returns.value = { ...returns.peek(), [run.id]: spark }
}

function watchActive(watching: Map<string, () => void>): void {
  const active = runs
    .peek()
    .filter((run) => run.state !== 'queued' && isActive(run))
    .slice(0, WATCHED)
  for (const [id, stop] of watching) {
    if (active.some((run) => run.id === id)) continue
    stop()
    watching.delete(id)
    const run = runs.peek().find((candidate) => candidate.id === id)
    if (run) void readReturns(run)
  }
  for (const { id } of active) {
    if (watching.has(id)) continue
    watching.set(id, live.subscribe(id, { after: null, metrics: [], distributions: [], max_hz: 4 }, sink))
  }
}

const sink: Sink = {
  frame: (frame) => follow(frame),
  event: () => {},
  skip: () => {},
  run: (run) => replace(run),
  gone: () => void refreshRuns(),
  reload: () => {},
}

export function replace(run: Run): void {
  runs.value = runs.peek().map((known) => (known.id === run.id && run.version >= known.version ? run : known))
}

function follow(frame: FrameMessage): void {
  const { update, env_steps, episodes } = frame.rows
  const counters = { update: update.at(-1)!, env_steps: env_steps.at(-1)!, episodes: episodes.at(-1)! }
  runs.value = runs.peek().map((run) => (run.id === frame.run ? { ...run, ...counters } : run))
  if (frame.ended.length === 0) return
  const known = returns.peek()[frame.run] ?? { x: [], y: [] }
  const ended = frame.ended.filter((episode) => episode.episode > (known.x.at(-1) ?? 0))
  const x = [...known.x, ...ended.map((episode) => episode.episode)]
  const y = [...known.y, ...ended.map((episode) => decodeOrNaN(episode.return))]
  returns.value = {
    ...returns.peek(),
    [frame.run]: x.length > 4 * SPARK_POINTS ? { x: thin(x), y: thin(y) } : { x, y },
  }
}

/** Half as many values, each the mean of two. */
function thin(values: number[]): number[] {
  const out: number[] = []
  for (let i = 0; i + 1 < values.length; i += 2) out.push((values[i]! + values[i + 1]!) / 2)
  return out
}
