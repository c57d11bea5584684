import { computed, effect, signal } from '@preact/signals'
import type { Axis } from '../wire/types'
import { isAxis } from './axis'

/** What the address bar remembers of the desk, so that a link shows the same view. */
export const axis = signal<Axis>('update')
export const smoothing = signal(0.6)
export const logCharts = signal<ReadonlySet<string>>(new Set())
export const range = signal<[number, number] | null>(null)
export const extraCharts = signal<string[]>([])

/** The recorded episode in the player, the step it stands at, and the one beside it. */
export const shownEpisode = signal<number | null>(null)
export const shownStep = signal(0)
export const comparedEpisode = signal<number | null>(null)
/** Watch the policy act, whatever has been recorded. */
export const watchLive = signal(false)
/** The player takes the place of charts and switches. */
export const largePlayer = signal(false)

/** Position of the shared cursor, in units of the axis; null when nobody points. */
export const cursor = signal<number | null>(null)
/** The control that is pointed at, in the equation or in the panel. */
export const pointedControl = signal<string | null>(null)
/** The chart that shortcuts act on: last pointed at or focused. */
export const touchedChart = signal<string | null>(null)

export const DEFAULT_SMOOTHING = 0.6

export function setAxis(next: Axis): void {
  range.value = null
  cursor.value = null
  axis.value = next
}

export function toggleLog(id: string): void {
  const next = new Set(logCharts.value)
  if (!next.delete(id)) next.add(id)
  logCharts.value = next
}

export function toggleExtra(metric: string): void {
  const open = extraCharts.value
  extraCharts.value = open.includes(metric) ? open.filter((name) => name !== metric) : [...open, metric]
}

/** Read the view from a query string. */
export function readView(search: string): void {
  const query = new URLSearchParams(search)
  const x = query.get('x')
  const from = Number(query.get('from') ?? Number.NaN)
  const to = Number(query.get('to') ?? Number.NaN)
  const s = Number(query.get('s') ?? Number.NaN)
  axis.value = isAxis(x) ? x : 'update'
  smoothing.value = s >= 0 && s < 1 ? s : DEFAULT_SMOOTHING
  range.value = to > from ? [from, to] : null
  logCharts.value = new Set(split(query.get('log')))
  extraCharts.value = split(query.get('charts'))
  shownEpisode.value = whole(query.get('episode'))
  shownStep.value = whole(query.get('t')) ?? 0
  comparedEpisode.value = shownEpisode.value === null ? null : whole(query.get('with'))
  watchLive.value = shownEpisode.value === null && query.has('live')
  largePlayer.value = query.get('player') === 'large'
}

const whole = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : null)
const split = (text: string | null) => (text ? text.split(',') : [])

/** The view as a query string; defaults are left out. */
export const viewQuery = computed(() => {
  const query = new URLSearchParams()
  if (axis.value !== 'update') query.set('x', axis.value)
  if (smoothing.value !== DEFAULT_SMOOTHING) query.set('s', String(smoothing.value))
  if (range.value) {
    query.set('from', String(range.value[0]))
    query.set('to', String(range.value[1]))
  }
  if (logCharts.value.size) query.set('log', [...logCharts.value].join())
  if (extraCharts.value.length) query.set('charts', extraCharts.value.join())
  if (shownEpisode.value !== null) {
    query.set('episode', String(shownEpisode.value))
    if (shownStep.value > 0) query.set('t', String(shownStep.value))
    if (comparedEpisode.value !== null) query.set('with', String(comparedEpisode.value))
  } else if (watchLive.value) query.set('live', '1')
  if (largePlayer.value) query.set('player', 'large')
  const text = query.toString()
  return text ? `?${text}` : ''
})

/** Keep the address in step with the view while a desk is open. */
export function mirrorView(): () => void {
  return effect(() => {
    const wanted = location.pathname + viewQuery.value
    if (location.pathname + location.search !== wanted) history.replaceState(history.state, '', wanted)
  })
}
