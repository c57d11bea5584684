import { batch, effect, signal } from '@preact/signals'
import { api } from '../wire/api'
import type { Run } from '../wire/types'
import { asked } from './tableView'

/** The rows that have been read, in the order of the table. */
export const runs = signal<Run[]>([])
export const runsState = signal<'loading' | 'ready' | 'error'>('loading')
export const runsError = signal('')
/** Where the rows go on; null when all have been read. */
export const nextPage = signal<string | null>(null)
/** Rows above the first one that a reader further down has not been shown. */
export const unseen = signal(0)
/** Whether the first row is in view: only then may rows come in above it. */
export const atTop = signal(true)
/** Another filter or order was asked for, and its rows are on their way. */
export const turning = signal(false)

const ACTIVE = new Set(['queued', 'starting', 'running', 'paused', 'stopping'])
const PAGE = 100
/** Rows read at once further down: as many as the server gives. */
const FURTHER = 200

export const isActive = (run: Run): boolean => ACTIVE.has(run.state)
export const isTerminal = (run: Run): boolean => !ACTIVE.has(run.state)

let question = 0
let reading: Promise<void> | null = null

/** Keep the table current until the returned function is called; a hidden tab asks for nothing. */
export function followRuns(every = 3000): () => void {
  const stopView = effect(() => {
    asked.value
    atTop.value = true
    turning.value = true
    void refreshRuns()
  })
  const timer = setInterval(() => !document.hidden && void refreshRuns(), every)
  return () => {
    stopView()
    clearInterval(timer)
    question++
    runsState.value = 'loading'
    runs.value = []
  }
}

export async function refreshRuns(): Promise<void> {
  const mine = ++question
  try {
    const page = await api.runs({ ...asked.peek(), limit: PAGE })
    if (mine === question) take(page.runs, page.next)
  } catch (error) {
    if (mine !== question) return
    runsError.value = error instanceof Error ? error.message : String(error)
    if (runsState.peek() === 'loading') runsState.value = 'error'
  }
}

/** The first page again. Whoever reads further down keeps every row in its place; at the top the page simply stands. */
function take(page: Run[], next: string | null): void {
  batch(() => {
    const stays = !atTop.peek() && !turning.peek()
    const known = new Set(runs.peek().map(({ id }) => id))
    unseen.value = stays ? page.filter(({ id }) => !known.has(id)).length : 0
    runs.value = stays ? updated(runs.peek(), page) : page
    if (!stays) nextPage.value = next
    turning.value = false
    runsState.value = 'ready'
  })
}

function updated(known: Run[], news: Run[]): Run[] {
  const fresh = new Map(news.map((run) => [run.id, run]))
  return known.map((run) => {
    const other = fresh.get(run.id)
    return other && other.version >= run.version ? other : run
  })
}

/** Read the rows after the last one, once at a time. */
export function loadMoreRuns(): void {
  const after = nextPage.peek()
  if (after === null || reading || turning.peek()) return
  const mine = question
  reading = api
    .runs({ ...asked.peek(), limit: FURTHER, after })
    .then((page) => {
      if (nextPage.peek() !== after) return
      const known = new Set(runs.peek().map(({ id }) => id))
      batch(() => {
        runs.value = [...runs.peek(), ...page.runs.filter(({ id }) => !known.has(id))]
        nextPage.value = page.next
      })
    })
    .catch((error) => {
      if (mine === question) runsError.value = String(error)
    })
    .finally(() => {
      reading = null
    })
}

/** Take over what was heard about one run, unless something newer is known. */
export function replace(run: Run): void {
  if (runs.peek().some(({ id }) => id === run.id)) runs.value = updated(runs.peek(), [run])
}

export function forget(ids: string[]): void {
  runs.value = runs.peek().filter(({ id }) => !ids.includes(id))
}
