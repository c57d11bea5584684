import { unitText, valueText } from '../paint/format'
import { effectText, isWrong } from '../panels/equation'
import { pointedControl } from '../store/view'
import { LockIcon } from '../ui/icons'
import { Segmented } from '../ui/Segmented'
import { Tex } from '../ui/Tex'
import type { Control } from '../wire/types'
import { FieldError, fieldId } from './FieldError'
import type { Launch } from './launch'
import { NumberInput } from './NumberInput'
import { Was } from './Was'

interface Props {
  launch: Launch
  control: Control
  /** Why it does nothing under the values in the form; null where it acts. */
  idle?: string | null
}

/** One control of the form: what it is called and means, its value, its bounds, and what the server says about it. */
export function ControlField({ launch, control, idle = null }: Props) {
  const { name } = control
  const path = `controls.${name}`
  const pointed = pointedControl.value === name
  return (
    <div
      id={`control-${name}`}
      class={`control ${pointed ? 'pointed' : ''} ${launch.form.isChanged(path) ? 'changed' : ''}`}
      onPointerEnter={() => {
        pointedControl.value = name
      }}
      onPointerLeave={() => {
        pointedControl.value = null
      }}
    >
      <div class="row">
        <span>
          <span class="name">{control.title ?? name}</span>
          {control.latex && (
            <span class="symbol">
              <Tex latex={control.latex} />
            </span>
          )}
        </span>
        <Widget launch={launch} control={control} />
      </div>
      <FieldError launch={launch} path={path} />
      <Was launch={launch} path={path} label={control.title ?? name} />
      {idle && <p class="why-idle">{idle}</p>}
      <p>
        {control.doc} {effectText(control)}
        <Facts control={control} />
      </p>
    </div>
  )
}

function Widget({ launch, control }: Props) {
  const { form } = launch
  const path = `controls.${control.name}`
  const label = control.title ?? control.name
  const value = form.value(path)
  const wrong = launch.errorsAt(path).length > 0
  if (control.kind === 'number') {
    const change = (next: typeof value) => form.set(path, next ?? null)
    return (
      <NumberInput id={fieldId(path)} label={label} value={value} control={control} wrong={wrong} onInput={change} />
    )
  }
  const values = control.kind === 'flag' ? [false, true] : (control.values ?? [])
  return (
    <Segmented
      label={label}
      options={values.map((option) => ({ value: option, text: valueText(option) }))}
      value={value}
      bad={(option) => isWrong(control, option)}
      onChange={(next) => form.set(path, next)}
    />
  )
}

/** Bounds, unit, and whether it can still be turned while the run trains. */
function Facts({ control }: { control: Control }) {
  const { kind, min, max, live } = control
  const unit = unitText(control.unit)
  const range = kind === 'number' && typeof min === 'number' && typeof max === 'number'
  return (
    <span class="facts">
      {range && ` ${valueText(min)} to ${valueText(max)}${unit && ` ${unit}`}.`}
      {!live && (
        <span title="Set at the start; it cannot change while the run lives.">
          {' '}
          <LockIcon /> fixed once started.
        </span>
      )}
    </span>
  )
}
