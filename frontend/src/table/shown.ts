import { computed, signal } from '@preact/signals'
import { chosenColumns } from '../store/tableView'
import { COLUMNS, type Column } from './columns'

const width = signal(window.innerWidth)
window.addEventListener('resize', () => {
  width.value = window.innerWidth
})

/** Windows up to here hide such columns; the same numbers as in `table.css`. */
const TOO_NARROW: Record<Column['from'], number> = {
  always: 0,
  medium: 860,
  wide: 1500,
  chosen: Number.POSITIVE_INFINITY,
}

/** Columns that are in view: the chosen ones, or those of the usual ones that this window has room for. */
export const shownColumns = computed(
  () => chosenColumns.value ?? COLUMNS.filter(({ from }) => width.value > TOO_NARROW[from]).map(({ id }) => id),
)

/** Whether a usual column is out of view only because the window is narrow. */
export const lacksRoom = ({ id, from }: Column): boolean =>
  chosenColumns.value === null && from !== 'chosen' && !shownColumns.value.includes(id)

export function toggleColumn(id: string): void {
  const shown = shownColumns.peek()
  const next = shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id]
  chosenColumns.value = COLUMNS.map((column) => column.id).filter((one) => next.includes(one))
}

export function showColumn(id: string): void {
  if (!shownColumns.peek().includes(id)) toggleColumn(id)
}
