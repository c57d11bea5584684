import { useEffect, useRef } from 'preact/hooks'
import { chosenColumns } from '../store/tableView'
import { COLUMNS } from './columns'
import { lacksRoom, shownColumns, toggleColumn } from './shown'

/** Which columns the table has; until one is chosen, as many of the usual ones as fit. */
export function ColumnChooser() {
  const box = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event) => {
      if (box.current && !box.current.contains(event.target as Node)) box.current.open = false
    }
    const closeByKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && box.current) box.current.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('keydown', closeByKey)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('keydown', closeByKey)
    }
  }, [])
  return (
    <details class="columns" ref={box}>
      <summary class="button small">Columns</summary>
      <div>
        {COLUMNS.map((column) => (
          <label key={column.id} class="check">
            <input
              type="checkbox"
              checked={shownColumns.value.includes(column.id)}
              onChange={() => toggleColumn(column.id)}
            />
            {column.title}
            {lacksRoom(column) && <small class="faint">no room at this width</small>}
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
