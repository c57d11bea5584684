import { memo } from 'preact/compat'
import { lookOf } from '../paint/runColours'
import { act, canPause, canResume } from '../store/actions'
import { removeRuns, restoreRuns, stopRuns } from '../store/bulk'
import { navigate } from '../store/route'
import { isTerminal, refreshRuns } from '../store/runs'
import { current, selected, toggleSelected } from '../store/selection'
import { Link } from '../ui/Link'
import { type Item, Menu } from '../ui/Menu'
import { RunDot } from '../ui/RunDot'
import { exportItems } from '../wire/exports'
import type { Run } from '../wire/types'
import type { Column } from './columns'
import { Editable } from './Editable'
import { editing } from './editing'
import { showColumn } from './shown'

interface Props {
  run: Run
  columns: Column[]
  /** Place in the whole table, from 1. */
  place: number
}

/** One run. It is drawn anew only when its record, or a signal that one of its cells reads, changes. */
export const Row = memo(function Row({ run, columns, place }: Props) {
  const chosen = selected.value.has(run.id)
  const here = current.value === run.id
  return (
    <tr
      data-run={run.id}
      class={`${chosen ? 'chosen' : ''} ${here ? 'here' : ''}`}
      aria-rowindex={place + 1}
      aria-selected={chosen}
      tabIndex={here ? 0 : -1}
      onFocus={() => {
        current.value = run.id
      }}
    >
      <td class="pick-row">
        <input
          type="checkbox"
          checked={chosen}
          aria-label={`Select ${run.name}`}
          onClick={(event) => toggleSelected(run, event.shiftKey)}
        />
      </td>
      <td class="name">
        <Editable run={run} field="name">
          <RunDot look={lookOf(run.id)} />
          <span>
            <Link href={`/runs/${run.id}`} title={run.name}>
              <bdi dir="ltr">{run.name}</bdi>
            </Link>
            <small>
              <span class="until-medium">seed {run.seed} · </span>
              {run.environment.id}
            </small>
          </span>
        </Editable>
      </td>
      {columns.map(({ id, number, from, cell }) => (
        <td
          key={id}
          class={`from-${from} ${number ? 'number' : ''}`}
          title={id === 'state' ? (run.reason ?? undefined) : undefined}
        >
          {cell(run)}
        </td>
      ))}
      <td class="actions">
        <Menu label={`${run.name}: actions`} items={actions(run)} />
      </td>
    </tr>
  )
})

/** What can be done with one run. */
function actions(run: Run): Item[] {
  if (run.deleted) return [{ text: 'Bring back', act: () => void restoreRuns([run.id]) }]
  const send = (action: 'pause' | 'resume') => () => void act(run.id, { action }).then(refreshRuns)
  const clone = { text: 'Clone with changes', act: () => navigate(`/new?from=${run.id}`) }
  const always = [clone, editTags(run.id), editName(run.id)]
  if (isTerminal(run))
    return [
      ...always,
      ...exportItems(run.id),
      { text: 'Delete', hint: 'can be undone', act: () => void removeRuns([run.id]) },
    ]
  return [
    ...always,
    ...(canPause(run.state) ? [{ text: 'Pause', act: send('pause') }] : []),
    ...(canResume(run.state) ? [{ text: 'Resume', act: send('resume') }] : []),
    { text: run.state === 'queued' ? 'Cancel' : 'Stop', act: () => void stopRuns([run.id]) },
    ...exportItems(run.id),
  ]
}

const editName = (run: string): Item => ({ text: 'Edit name', act: () => (editing.value = { run, field: 'name' }) })

const editTags = (run: string): Item => ({
  text: 'Edit tags',
  act: () => {
    showColumn('tags')
    editing.value = { run, field: 'tags' }
  },
})
