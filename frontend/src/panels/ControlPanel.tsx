import type { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import type { Control } from '../wire/types'
import { ControlRow } from './ControlRow'

const BOUNDARIES = 'boundaries'

/** Controls by group: boundaries first, then the groups in the order of the catalog. */
export function grouped(controls: Control[]): [string, Control[]][] {
  const groups = new Map<string, Control[]>()
  for (const control of controls) {
    const name = control.boundary ? BOUNDARIES : (control.group ?? 'other')
    groups.set(name, [...(groups.get(name) ?? []), control])
  }
  const later = (name: string) => (name === BOUNDARIES ? 0 : 1)
  return [...groups].sort(([a], [b]) => later(a) - later(b))
}

/** The switches of a run, generated from the catalog. */
export function ControlPanel({ store, controls }: { store: RunStore; controls: Control[] }) {
  const run = store.run.value
  const ended = run !== null && isTerminal(run)
  const live = controls.filter((control) => control.live)
  const fixed = controls.filter((control) => !control.live)
  const open = matchMedia?.('(max-width: 820px)').matches ? 1 : 2
  return (
    <section class="card panel" aria-label="Switches">
      <h2>Switches</h2>
      {grouped(live).map(([group, members], index) => (
        <Group
          key={group}
          title={group}
          members={members}
          open={index < open}
          store={store}
          locked={ended ? 'The run has ended.' : null}
        />
      ))}
      {fixed.length > 0 && (
        <Group
          title="fixed for this run"
          members={fixed}
          open={false}
          store={store}
          locked="Set at the start; it cannot change while the run lives."
        />
      )}
    </section>
  )
}

interface GroupProps {
  title: string
  members: Control[]
  open: boolean
  store: RunStore
  locked: string | null
}

function Group({ title, members, open, store, locked }: GroupProps) {
  return (
    <details open={open}>
      <summary>
        {title[0]?.toUpperCase() + title.slice(1)} ({members.length})
      </summary>
      {members.map((control) => (
        <ControlRow key={control.name} store={store} control={control} locked={locked} />
      ))}
    </details>
  )
}
