import { computed, effect, signal } from '@preact/signals'
import type { RunQuery } from '../wire/api'

/** What the address bar remembers of the runs table: filters and order by the server's own names, and the columns. */
export type Filters = Omit<RunQuery, 'limit' | 'after' | 'sort' | 'deleted'> & { deleted?: boolean }

export const NEWEST_FIRST = '-created'
const FILTERS = ['q', 'state', 'tag', 'algorithm', 'environment'] as const

export const filters = signal<Filters>({})
export const sort = signal(NEWEST_FIRST)
/** Chosen columns; null shows as many of the usual ones as fit the window. */
export const chosenColumns = signal<string[] | null>(null)

/** Read the table's state from a query string. */
export function readTable(search: string): void {
  const query = new URLSearchParams(search)
  const read = Object.fromEntries(FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name)!]] : [])))
  filters.value = query.get('deleted') === 'true' ? { ...read, deleted: true } : read
  sort.value = query.get('sort') || NEWEST_FIRST
  chosenColumns.value = query.has('columns') ? query.get('columns')!.split(',').filter(Boolean) : null
}

/** The table's state as a query string; defaults are left out. */
export const tableQuery = computed(() => {
  const query = new URLSearchParams()
  for (const name of FILTERS) if (filters.value[name]) query.set(name, filters.value[name]!)
  if (filters.value.deleted) query.set('deleted', 'true')
  if (sort.value !== NEWEST_FIRST) query.set('sort', sort.value)
  if (chosenColumns.value) query.set('columns', chosenColumns.value.join())
  const text = query.toString()
  return text ? `?${text}` : ''
})

/** The same for the server. */
export const asked = computed<RunQuery>(() => {
  const { deleted, ...rest } = filters.value
  return { ...rest, ...(deleted && { deleted: 'true' as const }), sort: sort.value }
})

export const isFiltered = computed(() => Object.keys(filters.value).length > 0)

export function setFilter(name: keyof Filters, value: string | boolean | null): void {
  const { [name]: _, ...rest } = filters.peek()
  filters.value = value ? { ...rest, [name]: value } : rest
}

/** Several states at once; the same one again takes it out. */
export function toggleState(state: string): void {
  const now = filters.peek().state?.split(',') ?? []
  const next = now.includes(state) ? now.filter((one) => one !== state) : [...now, state]
  setFilter('state', next.join() || null)
}

/** A click on a head: this order, then the other way round; numbers and dates begin with the largest. */
export function sortBy(key: string, largestFirst: boolean): void {
  const [first, second] = largestFirst ? [`-${key}`, key] : [key, `-${key}`]
  sort.value = sort.peek() === first ? second : first
}

/** Keep the address in step with the table while it is open. */
export function mirrorTable(): () => void {
  return effect(() => {
    const wanted = location.pathname + tableQuery.value
    const here = /^\/(runs\/?)?$/.test(location.pathname)
    if (here && location.pathname + location.search !== wanted) history.replaceState(history.state, '', wanted)
  })
}
