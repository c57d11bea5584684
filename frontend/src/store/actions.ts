import { signal } from '@preact/signals'
import { type Action, ApiError, api } from '../wire/api'
import type { RunStore } from './run'

/** The last thing that did not work, said once at the top of the page. */
export const complaint = signal<string | null>(null)

export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    complaint.value = null
    return await work()
  } catch (error) {
    complaint.value = error instanceof ApiError ? error.error.message : String(error)
    return null
  }
}

export const act = (run: string, action: Action) => attempt(() => api.act(run, action))

/** Start a run from a recipe; `press` names this press of the button, so that a repeat starts nothing twice. */
export const startRecipe = (recipe: string, press: string) => attempt(() => api.start({ recipe }, press))

/** Bring a deleted run back and go on listening to it. */
export async function restore(store: RunStore): Promise<void> {
  if (await attempt(() => api.restore(store.id))) await store.open()
}

/** Stops of the pace ladder, in updates per second; null is full speed. */
export const PACES: (number | null)[] = [0.5, 1, 2, 5, 10, 20, 50, 100, null]

export function paceIndex(pace: number | null): number {
  if (pace === null) return PACES.length - 1
  const index = PACES.findIndex((stop) => stop !== null && stop >= pace)
  return index < 0 ? PACES.length - 2 : index
}

export const canPause = (state: string | undefined) => state === 'running' || state === 'starting'
export const canResume = (state: string | undefined) => state === 'paused'
export const isLive = (state: string | undefined) => canPause(state) || canResume(state)

export function togglePause(store: RunStore): void {
  const state = store.run.peek()?.state
  if (canPause(state)) void act(store.id, { action: 'pause' })
  else if (canResume(state)) void act(store.id, { action: 'resume' })
}

/** One update; a running run is paused first, so that the next update is the one that was asked for. */
export async function stepOnce(store: RunStore): Promise<void> {
  if (canPause(store.run.peek()?.state)) {
    await act(store.id, { action: 'pause' })
    if (!(await becomes(store, 'paused', 5000))) return
  }
  await act(store.id, { action: 'step', updates: 1 })
}

export function setPace(store: RunStore, pace: number | null): void {
  const run = store.run.peek()
  if (!run || !isLive(run.state)) return
  store.run.value = { ...run, pace }
  asked = { run: store.id, pace, at: performance.now() }
  void act(store.id, { action: 'pace', updates_per_s: pace })
}

export function nudgePace(store: RunStore, by: number): void {
  const at = paceIndex(paceAsked(store)) + by
  setPace(store, PACES[Math.min(PACES.length - 1, Math.max(0, at))]!)
}

const ANSWERED_MS = 3000
let asked = { run: '', pace: null as number | null, at: 0 }

/** What was asked for last: a record that was on its way meanwhile still tells the pace before. */
function paceAsked(store: RunStore): number | null {
  const recent = asked.run === store.id && performance.now() - asked.at < ANSWERED_MS
  return recent ? asked.pace : (store.run.peek()?.pace ?? null)
}

function becomes(store: RunStore, state: string, within: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (reached: boolean) => {
      clearTimeout(timer)
      queueMicrotask(() => stop())
      resolve(reached)
    }
    const timer = setTimeout(() => finish(false), within)
    const stop = store.run.subscribe((run) => run?.state === state && finish(true))
  })
}
