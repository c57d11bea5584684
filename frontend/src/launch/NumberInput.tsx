import { makeScale, POSITIONS } from '../ui/NumberField'
import type { Control, Value } from '../wire/types'
import { scalar } from './address'

interface Props {
  id: string
  label: string
  value: Value | undefined
  control?: Control
  placeholder?: string
  wrong: boolean
  onInput(value: Value): void
}

/** A number as it is typed: what is no number, or out of bounds, goes on to the server, which says so. */
export function NumberInput({ id, label, value, control, placeholder, wrong, onInput }: Props) {
  return (
    <div class="number-field">
      {control && <Slider label={label} value={value} control={control} onInput={onInput} />}
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        value={value === undefined || value === null ? '' : String(value)}
        placeholder={placeholder}
        aria-label={label}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-error` : undefined}
        onInput={(event) => onInput(scalar(event.currentTarget.value))}
      />
    </div>
  )
}

function Slider({ label, value, control, onInput }: Omit<Props, 'id' | 'wrong'> & { control: Control }) {
  const { min = null, max = null, integer, log } = control
  if (min === null || max === null) return null
  const scale = makeScale(min, max, log ?? false, Number(control.default))
  const position = typeof value === 'number' ? scale.position(value) : 0
  return (
    <input
      type="range"
      min={0}
      max={POSITIONS}
      value={position}
      style={{ '--fill': `${(100 * position) / POSITIONS}%` }}
      aria-label={`${label}, slider`}
      aria-valuetext={String(value ?? '')}
      onInput={(event) => {
        const next = scale.value(Number(event.currentTarget.value))
        onInput(integer ? Math.round(next) : Number(next.toPrecision(3)))
      }}
    />
  )
}
