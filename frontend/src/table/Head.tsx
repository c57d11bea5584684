import { everySelected, selectAll, selected } from '../store/selection'
import { sort, sortBy } from '../store/tableView'
import type { Column } from './columns'

/** The heads: a click orders by one, on the server; the same again turns the order round. */
export function Head({ columns }: { columns: Column[] }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th class="pick-row">
          <input
            type="checkbox"
            aria-label="Select all rows that have been read"
            checked={everySelected.value}
            ref={(box) => {
              if (box) box.indeterminate = selected.value.size > 0 && !everySelected.value
            }}
            onClick={() => selectAll(!everySelected.value)}
          />
        </th>
        <SortHead id="name" title="Run" sortKey="name" />
        {columns.map(({ id, title, sort: key, number, from, note, doc }) => (
          <SortHead
            key={id}
            id={id}
            title={title}
            note={note}
            doc={doc}
            sortKey={key}
            largestFirst={number || id === 'created'}
            look={`from-${from} ${number ? 'number' : ''}`}
          />
        ))}
        <th>
          <span class="visually-hidden">Actions</span>
        </th>
      </tr>
    </thead>
  )
}

interface SortHeadProps {
  id: string
  title: string
  note?: string
  doc?: string
  sortKey: string | undefined
  largestFirst?: boolean
  look?: string
}

function SortHead({ id, title, note, doc, sortKey, largestFirst = false, look = '' }: SortHeadProps) {
  const text = id === 'spark' ? <span class="visually-hidden">{title}</span> : title
  if (!sortKey) return <th class={look}>{text}</th>
  const by = sort.value.replace(/^-/, '') === sortKey
  const down = sort.value.startsWith('-')
  return (
    <th class={look} title={doc} aria-sort={by ? (down ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={() => sortBy(sortKey, largestFirst)}>
        {text}
        <span aria-hidden="true">{by ? (down ? ' ↓' : ' ↑') : ''}</span>
        {note && <small>{note}</small>}
      </button>
    </th>
  )
}
