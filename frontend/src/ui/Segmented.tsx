import type { Value } from '../wire/types'

interface Props<T extends Value> {
  label: string
  options: readonly { value: T; text: string }[]
  value: T | undefined
  onChange(value: T): void
  /** The option drawn red when chosen. */
  bad?: (value: T) => boolean
  waiting?: T
  disabled?: boolean
}

/** A choice among few, as one row of buttons; arrow keys move it as in any radio group. */
export function Segmented<T extends Value>({ label, options, value, onChange, bad, waiting, disabled }: Props<T>) {
  const move = (event: KeyboardEvent, index: number) => {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0
    if (step === 0 || disabled) return
    event.preventDefault()
    const next = (index + step + options.length) % options.length
    const buttons = (event.currentTarget as HTMLElement).parentElement?.querySelectorAll('button')
    buttons?.[next]?.focus()
    onChange(options[next]!.value)
  }
  const chosen = options.some((option) => option.value === value)
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a row of radio inputs cannot be drawn as joined buttons
        <button
          key={String(option.value)}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value || (!chosen && index === 0) ? 0 : -1}
          class={`${bad?.(option.value) ? 'bad' : ''} ${waiting === option.value ? 'waiting' : ''}`}
          disabled={disabled}
          onClick={() => option.value !== value && onChange(option.value)}
          onKeyDown={(event) => move(event, index)}
        >
          {option.text}
        </button>
      ))}
    </div>
  )
}
