import { useState } from 'preact/hooks'
import { ago, integer, short } from '../paint/format'
import { act, canPause, canResume, removeRun } from '../store/actions'
import { algorithmOf } from '../store/catalog'
import { navigate } from '../store/route'
import { isTerminal, refreshRuns, returns, runs } from '../store/runs'
import { Confirm } from '../ui/Dialog'
import { Menu } from '../ui/Menu'
import { Sparkline } from '../ui/Sparkline'
import { StatePill } from '../ui/StatePill'
import type { Run } from '../wire/types'

/** Every run, newest first. */
export function RunTable() {
  const [removing, setRemoving] = useState<Run | null>(null)
  return (
    <div class="card table-scroll">
      <table class="list">
        <thead>
          <tr>
            <th>Run</th>
            <th>State</th>
            <th class="narrow-off">Algorithm</th>
            <th class="wide number">Seed</th>
            <th class="wide number">Updates</th>
            <th class="narrow-off number">Steps</th>
            <th class="number">Return</th>
            <th>
              <span class="visually-hidden">Return over episodes</span>
            </th>
            <th class="wide">Created</th>
            <th>
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.value.map((run) => (
            <Row key={run.id} run={run} onRemove={() => setRemoving(run)} />
          ))}
        </tbody>
      </table>
      {removing && (
        <Confirm
          title={`Delete “${removing.name}”?`}
          text="Its numbers, events and checkpoints are deleted with it."
          action="Delete the run"
          onConfirm={() => void removeRun(removing.id).then(refreshRuns)}
          onClose={() => setRemoving(null)}
        />
      )}
    </div>
  )
}

function Row({ run, onRemove }: { run: Run; onRemove(): void }) {
  const path = `/runs/${run.id}`
  const spark = returns.value[run.id]
  return (
    <tr>
      <td class="name">
        <a
          href={path}
          dir="ltr"
          title={run.name}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey) return
            event.preventDefault()
            navigate(path)
          }}
        >
          <bdi dir="ltr">{run.name}</bdi>
        </a>
        <small>{run.environment.id}</small>
      </td>
      <td title={run.reason ?? undefined}>
        <StatePill state={run.state} reachable={run.reachable || isTerminal(run)} />
      </td>
      <td class="narrow-off">{algorithmOf(run.algorithm)?.title ?? run.algorithm}</td>
      <td class="wide number">{run.seed}</td>
      <td class="wide number">{integer(run.update)}</td>
      <td class="narrow-off number">{integer(run.env_steps)}</td>
      <td class="number">
        <strong>{short(spark?.y.at(-1))}</strong>
      </td>
      <td>
        <Sparkline spark={spark} label={`Return of ${run.name} over episodes`} />
      </td>
      <td class="wide faint" title={run.created}>
        {ago(run.created)}
      </td>
      <td class="actions">
        <Menu label={`${run.name}: actions`} items={actions(run, onRemove)} />
      </td>
    </tr>
  )
}

function actions(run: Run, onRemove: () => void) {
  const send = (action: 'pause' | 'resume') => () => void act(run.id, { action }).then(refreshRuns)
  if (isTerminal(run)) return [{ text: 'Delete', act: onRemove }]
  return [
    ...(canPause(run.state) ? [{ text: 'Pause', act: send('pause') }] : []),
    ...(canResume(run.state) ? [{ text: 'Resume', act: send('resume') }] : []),
    { text: 'Stop', act: () => void act(run.id, { action: 'stop', checkpoint: true }).then(refreshRuns) },
  ]
}
