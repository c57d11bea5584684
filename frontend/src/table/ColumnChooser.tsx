import { useEffect, useRef } from 'preact/hooks'
import { chosenColumns } from '../store/tableView'
import { COLUMNS } from './columns'

const USUAL = COLUMNS.filter(({ from }) => from !== 'chosen').map(({ id }) => id)

/** Which columns the table has; until one is chosen, as many of the usual ones as fit. */
export function ColumnChooser() {
  const box = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event) => {
      if (box.current && !box.current.contains(event.target as Node)) box.current.open = false
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [])
  const shown = chosenColumns.value ?? USUAL
  const toggle = (id: string) => {
    const next = shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id]
    chosenColumns.value = COLUMNS.map((column) => column.id).filter((one) => next.includes(one))
  }
  return (
    <details class="columns" ref={box}>
      <summary class="button small">Columns</summary>
      <div>
        {COLUMNS.map(({ id, title }) => (
          <label key={id} class="check">
            <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} />
            {title}
          </label>
        ))}
        <button
          type="button"
          class="button small"
          disabled={chosenColumns.value === null}
          onClick={() => {
            chosenColumns.value = null
          }}
        >
          The usual ones
        </button>
      </div>
    </details>
  )
}
