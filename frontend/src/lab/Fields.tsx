import type { ComponentChildren } from 'preact'
import { NumberInput } from '../launch/NumberInput'
import { unitText, valueText } from '../paint/format'
import { isWrong } from '../panels/equation'
import { Segmented } from '../ui/Segmented'
import { Tex } from '../ui/Tex'
import type { Control, Value } from '../wire/types'

interface FieldProps {
  id?: string
  label: string
  latex?: string | null
  unit?: string | null
  /** What it means, in a sentence. */
  doc?: string | null
  children: ComponentChildren
}

/** A label with its symbol, the field, and one sentence. */
export function Field({ id, label, latex, unit, doc, children }: FieldProps) {
  return (
    <div class="lab-field">
      <div class="row">
        <label for={id}>
          {label}
          {latex && (
            <span class="symbol">
              <Tex latex={latex} />
            </span>
          )}
        </label>
        <span class="widget">
          {children}
          {unitText(unit) && <span class="unit">{unitText(unit)}</span>}
        </span>
      </div>
      {doc && <p>{doc}</p>}
    </div>
  )
}

interface ChoiceProps {
  id: string
  label: string
  value: string
  options: { value: string; text: string }[]
  onChange(value: string): void
}

/** A choice among many. */
export function Choice({ id, label, value, options, onChange }: ChoiceProps) {
  return (
    <select id={id} aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  )
}

/** A bare number with its sentence. */
export function NumberRow(props: FieldProps & { id: string; value: Value; onInput(value: Value): void }) {
  const { children: _, value, onInput, ...field } = props
  return (
    <Field {...field}>
      <div class="launch-number">
        <NumberInput id={field.id} label={field.label} value={value} wrong={false} onInput={onInput} />
      </div>
    </Field>
  )
}

const FEW = 4

interface SettingProps {
  id: string
  control: Control
  value: Value | undefined
  onChange(value: Value): void
}

/** A switch of an estimator as the catalog declares it. */
export function Setting({ id, control, value, onChange }: SettingProps) {
  const label = control.title ?? control.name
  const about = { label, latex: control.latex, unit: control.unit, doc: `${control.doc} ${control.effect ?? ''}` }
  if (control.kind === 'number') {
    return (
      <NumberRow {...about} id={id} value={value ?? null} onInput={onChange}>
        {null}
      </NumberRow>
    )
  }
  const values = control.kind === 'flag' ? [false, true] : (control.values ?? [])
  if (values.length > FEW) {
    const options = values.map((option) => ({ value: String(option), text: valueText(option) }))
    return (
      <Field {...about} id={id}>
        <Choice id={id} label={label} value={String(value)} options={options} onChange={onChange} />
      </Field>
    )
  }
  return (
    <Field {...about}>
      <Segmented
        label={label}
        options={values.map((option) => ({ value: option, text: valueText(option) }))}
        value={value}
        bad={(option) => isWrong(control, option)}
        onChange={onChange}
      />
    </Field>
  )
}
