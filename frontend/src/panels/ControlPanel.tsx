import type { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import type { Control, EquationTerm } from '../wire/types'
import { byEffect } from './acting'
import { ControlRow } from './ControlRow'

const BOUNDARIES = 'boundaries'
const FIXED = 'Set at the start; it cannot change while the run lives.'

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
export function ControlPanel({ store, controls, equation = [], actions }: PanelProps) {
  const run = store.run.value
  const ended = run !== null && isTerminal(run)
  const values = { ...store.controls.confirmed.value, actions }
  const { acting, idle, reasons } = byEffect(controls, equation, values)
  const live = acting.filter((control) => control.live)
  const fixed = acting.filter((control) => !control.live)
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
        <Group title="fixed for this run" members={fixed} open={false} store={store} locked={FIXED} />
      )}
      {idle.length > 0 && (
        <details class="idle">
          <summary>
            {idle.length} that {idle.length === 1 ? 'does' : 'do'} nothing here
          </summary>
          {idle.map((control) => (
            <ControlRow
              key={control.name}
              store={store}
              control={control}
              locked={ended ? 'The run has ended.' : control.live ? null : FIXED}
              idle={reasons.get(control.name) ?? null}
            />
          ))}
        </details>
      )}
    </section>
  )
}

interface PanelProps {
  store: RunStore
  controls: Control[]
  /** The lines of the algorithm's equation, whose order the switches take. */
  equation?: EquationTerm[]
  /** What kind of actions the environment takes. */
  actions?: string | undefined
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
