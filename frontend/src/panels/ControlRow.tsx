import { short, unitText, valueText } from '../paint/format'
import { UNDO } from '../store/controls'
import type { RunStore } from '../store/run'
import { pointedControl } from '../store/view'
import { LockIcon } from '../ui/icons'
import { NumberField } from '../ui/NumberField'
import { Segmented } from '../ui/Segmented'
import { Tex } from '../ui/Tex'
import type { Control, Value } from '../wire/types'
import { docText, isWrong } from './equation'

interface Props {
  store: RunStore
  control: Control
  /** Why it cannot be changed; null when it can. */
  locked: string | null
  /** Why it does nothing under the values in force; null where it acts. */
  idle?: string | null
}

/** One switch: its name and symbol, its widget, what it means, and what is happening to it. */
export function ControlRow({ store, control, locked, idle = null }: Props) {
  const pointed = pointedControl.value === control.name
  return (
    <div
      id={`control-${control.name}`}
      class={`control ${pointed ? 'pointed' : ''} ${locked ? 'locked' : ''}`}
      onPointerEnter={() => {
        pointedControl.value = control.name
      }}
      onPointerLeave={() => {
        pointedControl.value = null
      }}
    >
      <div class="row">
        <span>
          <span class="name">{control.title ?? control.name}</span>
          {control.latex && (
            <span class="symbol">
              <Tex latex={control.latex} />
            </span>
          )}
        </span>
        {locked ? (
          <Locked control={control} store={store} reason={locked} />
        ) : (
          <Widget control={control} store={store} />
        )}
      </div>
      {control.kind === 'gate' && <Pressure control={control} store={store} />}
      {idle && <p class="why-idle">{idle}</p>}
      <p>{docText(control, store.controls.confirmed.value[control.name])}</p>
      <Progress control={control} store={store} />
    </div>
  )
}

function Locked({ store, control, reason }: { store: RunStore; control: Control; reason: string }) {
  const value = store.controls.confirmed.value[control.name]
  return (
    <span class={`value ${isWrong(control, value) ? 'wrong' : ''}`} title={reason}>
      <LockIcon />
      {valueText(value)}
      {` ${unitText(control.unit)}`}
      <span class="visually-hidden">, locked: {reason}</span>
    </span>
  )
}

function Widget({ store, control }: { store: RunStore; control: Control }) {
  const label = control.title ?? control.name
  const shown = store.controls.shown(control.name)
  const edit = (value: Value) => void store.controls.edit(control.name, value)
  if (control.kind === 'number') {
    const { min = null, max = null, integer, log, unit } = control
    const field = { min, max, integer: integer ?? false, log: log ?? false, usual: Number(control.default), unit }
    return <NumberField label={label} value={Number(shown ?? control.default)} {...field} onCommit={edit} />
  }
  const values = control.kind === 'flag' ? [false, true] : (control.values ?? [])
  return (
    <Segmented
      label={label}
      options={values.map((value) => ({ value, text: valueText(value) }))}
      value={shown}
      waiting={store.controls.pending.value[control.name]?.value}
      bad={(value) => isWrong(control, value)}
      onChange={edit}
    />
  )
}

/** What the boundary holds back, or lets through and to whom. */
function Pressure({ store, control }: { store: RunStore; control: Control }) {
  const pressure = store.latest(`gate/${control.name}`).value
  if (pressure === null) return null
  const passes = store.controls.confirmed.value[control.name] === 'pass'
  if (!passes) return <p class="pressure">pressure {short(pressure)} · blocked here</p>
  const targets = [...new Set((control.edges ?? []).map(([, to]) => to))].join(', ')
  const wrong = isWrong(control, 'pass')
  return (
    <p class={`pressure ${wrong ? 'flows' : ''}`}>
      {short(pressure)} · flows into {targets || 'the parameters behind it'}
    </p>
  )
}

/** Pending until the server's own event; refused with its reason; overtaken with who was first. */
function Progress({ store, control }: { store: RunStore; control: Control }) {
  const pending = store.controls.pending.value[control.name]
  const refused = store.controls.refused.value[control.name]
  if (pending) {
    const paused = store.run.value?.state === 'paused'
    return (
      <p class="state" role="status">
        {valueText(pending.value)} {pending.editId.startsWith(UNDO) ? 'sent back' : 'sent'},{' '}
        {paused ? 'waiting for the run' : 'takes effect at the next update'} …
      </p>
    )
  }
  if (!refused) return null
  const conflict = refused.conflict
  const theirs = conflict && valueText(conflict.values[control.name])
  return (
    <p class="refused" role="alert">
      {conflict ? `${conflict.by} was first: it is ${theirs} now.` : refused.message}{' '}
      <button type="button" onClick={() => store.controls.dismiss(control.name)}>
        {conflict ? 'Keep theirs' : 'Dismiss'}
      </button>
    </p>
  )
}
