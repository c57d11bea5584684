import { computed, signal } from '@preact/signals'
import { type Look, lookOf, looksOf } from '../paint/runColours'
import { split } from '../store/view'

export type Grouping = 'none' | 'seed' | 'tag'
export type Band = 'range' | 'se' | 'none'

export const MOST_RUNS = 50
export const USUAL_METRICS = ['episode/return', 'policy/entropy', 'policy/kl_k3', 'critic/explained_variance']

/** What is compared, in the order of the address. */
export const runIds = signal<string[]>([])
export const metricNames = signal<string[]>(USUAL_METRICS)
export const hiddenRuns = signal<ReadonlySet<string>>(new Set())
export const grouping = signal<Grouping>('none')
export const band = signal<Band>('range')

/** The run nearest to the pointer, by which every chart sorts its values. */
export const nearestRun = signal<string | null>(null)

const looks = computed(() => looksOf(runIds.value))

/** How a run is drawn in this comparison, hidden ones counted so that hiding changes no other. */
export const lookHere = (run: string): Look => looks.value.get(run) ?? lookOf(run)

export const shownRuns = computed(() => runIds.value.filter((id) => !hiddenRuns.value.has(id)))

export function addRun(id: string): void {
  const known = runIds.peek()
  if (!known.includes(id) && known.length < MOST_RUNS) runIds.value = [...known, id]
}

export function removeRun(id: string): void {
  runIds.value = runIds.peek().filter((other) => other !== id)
  hiddenRuns.value = new Set([...hiddenRuns.peek()].filter((other) => other !== id))
}

export function toggleHidden(id: string): void {
  const next = new Set(hiddenRuns.peek())
  if (!next.delete(id)) next.add(id)
  hiddenRuns.value = next
}

/** Only this one; once more shows all again. */
export function solo(id: string): void {
  const alone = shownRuns.peek().length === 1 && shownRuns.peek()[0] === id
  hiddenRuns.value = new Set(alone ? [] : runIds.peek().filter((other) => other !== id))
}

export function toggleMetric(name: string): void {
  const known = metricNames.peek()
  metricNames.value = known.includes(name) ? known.filter((other) => other !== name) : [...known, name]
}

export function readCompare(search: string): void {
  const query = new URLSearchParams(search)
  const group = query.get('group')
  const around = query.get('band')
  runIds.value = [...new Set(split(query.get('runs')))].slice(0, MOST_RUNS)
  metricNames.value = query.has('metrics') ? split(query.get('metrics')) : USUAL_METRICS
  hiddenRuns.value = new Set(split(query.get('hide')))
  grouping.value = group === 'seed' || group === 'tag' ? group : 'none'
  band.value = around === 'se' || around === 'none' ? around : 'range'
}

/** What the address says besides the view; defaults are left out. */
export function comparePairs(): Record<string, string> {
  return {
    ...(runIds.value.length && { runs: runIds.value.join() }),
    ...(metricNames.value.join() !== USUAL_METRICS.join() && { metrics: metricNames.value.join() }),
    ...(hiddenRuns.value.size && { hide: [...hiddenRuns.value].join() }),
    ...(grouping.value !== 'none' && { group: grouping.value }),
    ...(band.value !== 'range' && { band: band.value }),
  }
}
