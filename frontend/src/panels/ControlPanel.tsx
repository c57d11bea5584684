import type { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import type { Control } from '../wire/types'
import { ControlRow } from './ControlRow'

const GROUPS = ['estimator', 'policy', 'critic', 'optimiser', 'schedule', 'network']

/** Controls by group: those of the equation first, unknown groups after the known ones. */
export function grouped(controls: Control[]): [string, Control[]][] {
  const groups = new Map<string, Control[]>()
  for (const control of controls) {
    const name = control.group ?? 'other'
    groups.set(name, [...(groups.get(name) ?? []), control])
  }
  const rank = (name: string) => (GROUPS.includes(name) ? GROUPS.indexOf(name) : GROUPS.length)
  return [...groups].sort(([a], [b]) => rank(a) - rank(b))
}

/** The switches of a run, generated from the catalog. */
export function ControlPanel({ store, controls }: { store: RunStore; controls: Control[] }) {
  const run = store.run.value
  const ended = run !== null && isTerminal(run)
  const live = controls.filter((control) => control.live)
  const fixed = controls.filter((control) => !control.live)
  return (
    <section class="card panel" aria-label="Switches">
      <h2>Switches</h2>
      {grouped(live).map(([group, members]) => (
        <div key={group}>
          <h3>{group[0]?.toUpperCase() + group.slice(1)}</h3>
          {members.map((control) => (
            <ControlRow
              key={control.name}
              store={store}
              control={control}
              locked={ended ? 'The run has ended.' : null}
            />
          ))}
        </div>
      ))}
      {fixed.length > 0 && (
        <details>
          <summary>Fixed for this run ({fixed.length})</summary>
          {fixed.map((control) => (
            <ControlRow
              key={control.name}
              store={store}
              control={control}
              locked="Set at the start; it cannot change while the run lives."
            />
          ))}
        </details>
      )}
    </section>
  )
}
