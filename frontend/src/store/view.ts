import { computed, effect, signal } from '@preact/signals'
import type { Range } from '../paint/ranges'
import type { Axis } from '../wire/types'
import { isAxis } from './axis'

/** What the address bar remembers of a page with charts, so that a link shows the same view. */
export const axis = signal<Axis>('update')
export const smoothing = signal(0.6)
/** Logarithmic time axis, of all charts at once: they share the cursor. */
export const logTime = signal(false)
export const logCharts = signal<ReadonlySet<string>>(new Set())
/** Charts that leave the outermost values out of their range. */
export const calmCharts = signal<ReadonlySet<string>>(new Set())
/** One zoom for all charts, or one for each. */
export const linked = signal(true)
export const range = signal<Range | null>(null)
export const ownRanges = signal<Readonly<Record<string, Range>>>({})
export const extraCharts = signal<string[]>([])
/** The chart that fills the window. */
export const fullChart = signal<string | null>(null)

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

const usualAxis = signal<Axis>('update')

export function setAxis(next: Axis): void {
  showEverything()
  axis.value = next
}

/** The stretch that a chart looks at; null is the whole run. */
export const rangeOf = (chart: string): Range | null => (linked.value ? range.value : (ownRanges.value[chart] ?? null))

export function setRange(chart: string, next: Range | null): void {
  if (linked.peek()) {
    range.value = next
    return
  }
  const { [chart]: _, ...others } = ownRanges.peek()
  ownRanges.value = next ? { ...others, [chart]: next } : others
}

/** Linked charts take the zoom of the one last touched; parted ones begin where they were. */
export function toggleLinked(charts: string[]): void {
  const shared = range.peek()
  if (linked.peek()) ownRanges.value = shared ? Object.fromEntries(charts.map((id) => [id, shared])) : {}
  else range.value = ownRanges.peek()[touchedChart.peek() ?? ''] ?? Object.values(ownRanges.peek())[0] ?? null
  linked.value = !linked.peek()
}

export const isZoomed = computed(() => (linked.value ? range.value !== null : Object.keys(ownRanges.value).length > 0))

export function showEverything(): void {
  range.value = null
  ownRanges.value = {}
  cursor.value = null
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}

export function toggleLog(id: string): void {
  logCharts.value = toggled(logCharts.value, id)
}

export function toggleCalm(id: string): void {
  calmCharts.value = toggled(calmCharts.value, id)
}

export function toggleExtra(metric: string): void {
  const open = extraCharts.value
  extraCharts.value = open.includes(metric) ? open.filter((name) => name !== metric) : [...open, metric]
}

/** Read the view from a query string; `usual` is the axis that a page has without being told. */
export function readView(search: string, usual: Axis = 'update'): void {
  const query = new URLSearchParams(search)
  const x = query.get('x')
  const s = Number(query.get('s') ?? Number.NaN)
  usualAxis.value = usual
  axis.value = isAxis(x) ? x : usual
  smoothing.value = s >= 0 && s < 1 ? s : DEFAULT_SMOOTHING
  range.value = span(query.get('from'), query.get('to'))
  linked.value = !query.has('zooms')
  ownRanges.value = parted(query.get('zooms'))
  logTime.value = query.has('logx')
  logCharts.value = new Set(split(query.get('log')))
  calmCharts.value = new Set(split(query.get('calm')))
  extraCharts.value = split(query.get('charts'))
  shownEpisode.value = whole(query.get('episode'))
  shownStep.value = whole(query.get('t')) ?? 0
  comparedEpisode.value = shownEpisode.value === null ? null : whole(query.get('with'))
  watchLive.value = shownEpisode.value === null && query.has('live')
  largePlayer.value = query.get('player') === 'large'
  fullChart.value = query.get('full')
}

const whole = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : null)
export const split = (text: string | null) => (text ? text.split(',') : [])

function span(from: string | null | undefined, to: string | null | undefined): Range | null {
  const [low, high] = [Number(from ?? Number.NaN), Number(to ?? Number.NaN)]
  return high > low ? [low, high] : null
}

/** `chart!from!to`, with commas between. */
function parted(text: string | null): Record<string, Range> {
  const found = split(text).map((part) => part.split('!'))
  return Object.fromEntries(found.flatMap(([id, from, to]) => (span(from, to) ? [[id!, span(from, to)!]] : [])))
}

/** The view as pairs of a query string; defaults are left out. */
function viewPairs(): Record<string, string> {
  const zooms = Object.entries(ownRanges.value).map(([id, [from, to]]) => `${id}!${from}!${to}`)
  return {
    ...(axis.value !== usualAxis.value && { x: axis.value }),
    ...(smoothing.value !== DEFAULT_SMOOTHING && { s: String(smoothing.value) }),
    ...(linked.value && range.value && { from: String(range.value[0]), to: String(range.value[1]) }),
    ...(!linked.value && { zooms: zooms.join() }),
    ...(logTime.value && { logx: '1' }),
    ...(logCharts.value.size && { log: [...logCharts.value].join() }),
    ...(calmCharts.value.size && { calm: [...calmCharts.value].join() }),
    ...(extraCharts.value.length && { charts: extraCharts.value.join() }),
    ...(fullChart.value && { full: fullChart.value }),
    ...playerPairs(),
  }
}

function playerPairs(): Record<string, string> {
  const [episode, step, beside] = [shownEpisode.value, shownStep.value, comparedEpisode.value]
  return {
    ...(episode !== null && { episode: String(episode) }),
    ...(episode !== null && step > 0 && { t: String(step) }),
    ...(episode !== null && beside !== null && { with: String(beside) }),
    ...(episode === null && watchLive.value && { live: '1' }),
    ...(largePlayer.value && { player: 'large' }),
  }
}

/** A query string in which commas and slashes stay readable. */
export function queryOf(pairs: Record<string, string>): string {
  const text = new URLSearchParams(pairs).toString().replaceAll('%2C', ',').replaceAll('%2F', '/')
  return text ? `?${text}` : ''
}

/** Keep the address in step with the view while a page with charts is open; `more` is what the page itself adds. */
export function mirrorView(more: () => Record<string, string> = () => ({})): () => void {
  const path = location.pathname
  return effect(() => {
    const wanted = path + queryOf({ ...more(), ...viewPairs() })
    if (location.pathname === path && path + location.search !== wanted) history.replaceState(history.state, '', wanted)
  })
}
