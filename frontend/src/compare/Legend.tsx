import { short } from '../paint/format'
import { navigate } from '../store/route'
import type { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import { Menu } from '../ui/Menu'
import { RunDot } from '../ui/RunDot'
import { StatePill } from '../ui/StatePill'
import { exportItems } from '../wire/exports'
import { titleOf } from './OverlayCard'
import { hiddenRuns, lookHere, metricNames, nearestRun, removeRun, solo, toggleHidden } from './state'

/** The compared runs: a click hides one, a double click leaves it alone. */
export function Legend({ stores }: { stores: RunStore[] }) {
  return (
    <ul class="legend">
      {stores.map((store) => (
        <Line key={store.id} store={store} />
      ))}
    </ul>
  )
}

/** What the numbers beside the runs are. */
export function LegendHead() {
  const first = metricNames.value[0]
  if (!first) return null
  const newest = first.startsWith('episode/') ? 'last episode' : 'newest value'
  return (
    <p class="legend-head">
      {titleOf(first)}, {newest}
    </p>
  )
}

function Line({ store }: { store: RunStore }) {
  const run = store.run.value
  const hidden = hiddenRuns.value.has(store.id)
  const first = metricNames.value[0]
  const name = run?.name ?? (store.status.value === 'error' ? store.error.value : 'Reading …')
  return (
    <li class={`${hidden ? 'hidden' : ''} ${nearestRun.value === store.id ? 'near' : ''}`}>
      <button
        type="button"
        class="legend-run"
        aria-pressed={!hidden}
        title="Click: hide or show. Double click: only this one."
        onClick={() => toggleHidden(store.id)}
        onDblClick={() => solo(store.id)}
      >
        <RunDot look={lookHere(store.id)} />
        <span class="legend-name">{name}</span>
        {run && <small>seed {run.seed}</small>}
      </button>
      {first && <strong>{short(store.latest(first).value)}</strong>}
      {run && !isTerminal(run) && <StatePill state={run.state} reachable={run.reachable} />}
      <Menu
        label={`${name}: actions`}
        items={[
          { text: hidden ? 'Show' : 'Hide', act: () => toggleHidden(store.id) },
          { text: 'Only this one', act: () => solo(store.id) },
          { text: 'Open its desk', act: () => navigate(`/runs/${store.id}`) },
          ...exportItems(store.id),
          { text: 'Take out', act: () => removeRun(store.id) },
        ]}
      />
    </li>
  )
}
