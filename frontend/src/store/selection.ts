import { computed, signal } from '@preact/signals'
import type { Run } from '../wire/types'
import { runs } from './runs'

/** The runs that a bulk action is for; they stay selected when a filter hides them. */
export const selected = signal<ReadonlyMap<string, Run>>(new Map())
/** The row that the keys act on. */
export const current = signal<string | null>(null)
export const everySelected = computed(
  () => runs.value.length > 0 && runs.value.every(({ id }) => selected.value.has(id)),
)

let anchor: string | null = null

/** Select a row or take it out; with `range` all rows from the one before. */
export function toggleSelected(run: Run, range = false): void {
  const next = new Map(selected.peek())
  const on = !next.has(run.id)
  for (const one of range ? between(anchor, run.id) : [run]) {
    if (on) next.set(one.id, one)
    else next.delete(one.id)
  }
  anchor = run.id
  selected.value = next
}

export function selectAll(on: boolean): void {
  selected.value = on ? new Map(runs.peek().map((run) => [run.id, run])) : new Map()
}

export function clearSelection(): void {
  selected.value = new Map()
}

function between(from: string | null, to: string): Run[] {
  const rows = runs.peek()
  const ends = [from ?? to, to].map((id) => rows.findIndex((run) => run.id === id)).sort((a, b) => a - b)
  return rows.slice(Math.max(0, ends[0]!), ends[1]! + 1)
}

/** The row above or below the current one, or the first. */
export function neighbour(by: number): string | null {
  const rows = runs.peek()
  const at = rows.findIndex(({ id }) => id === current.peek())
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))
  return rows[next]?.id ?? null
}
