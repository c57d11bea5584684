import { useEffect, useRef, useState } from 'preact/hooks'

interface Props {
  label: string
  value: number
  min: number | null
  max: number | null
  integer: boolean
  log: boolean
  /** The declared default, for the feel of the slider. */
  usual?: number
  unit?: string | null
  disabled?: boolean
  onCommit(value: number): void
}

export const POSITIONS = 200

/** A slider with a field beside it. The value leaves when the slider is released or the field confirmed, not on the way. */
export function NumberField(props: Props) {
  const { label, value, min, max, integer, log, usual, unit, disabled, onCommit } = props
  const [draft, setDraft] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => setDraft(null), [value])
  const bounded = min !== null && max !== null
  const scale = makeScale(min ?? 0, max ?? 1, log, usual)
  const shown = draft ?? text(value)
  const position = Number.isFinite(Number(shown)) ? scale.position(Number(shown)) : 0
  const commit = (raw: string) => {
    const next = Number(raw)
    if (raw.trim() === '' || !Number.isFinite(next)) return setDraft(null)
    const rounded = integer ? Math.round(next) : next
    if (rounded === value) setDraft(null)
    else onCommit(rounded)
  }
  const slide = (at: string) => text(round(scale.value(Number(at)), integer))
  return (
    <div class="number-field">
      {bounded && (
        <input
          type="range"
          min={0}
          max={POSITIONS}
          value={position}
          disabled={disabled}
          style={{ '--fill': `${(100 * position) / POSITIONS}%` }}
          aria-label={`${label}, slider`}
          aria-valuetext={shown}
          onInput={(event) => setDraft(slide(event.currentTarget.value))}
          onChange={(event) => commit(slide(event.currentTarget.value))}
        />
      )}
      <input
        ref={field}
        type="number"
        value={shown}
        min={min ?? undefined}
        max={max ?? undefined}
        step={integer ? 1 : 'any'}
        disabled={disabled}
        aria-label={label}
        title={bounded ? `${text(min)} to ${text(max)}` : undefined}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(event.currentTarget.value)
          if (event.key === 'Escape') setDraft(null)
        }}
        onBlur={(event) => commit(event.currentTarget.value)}
      />
      {unit && unit !== '1' && <span class="unit">{unit}</span>}
    </div>
  )
}

const text = (value: number) => String(Number(value.toPrecision(6)))
const round = (value: number, integer: boolean) => (integer ? Math.round(value) : Number(value.toPrecision(3)))

/**
 * Positions 0..200 to values. A logarithmic scale that starts at zero keeps its first position for zero; a linear range
 * much wider than its `usual` value is bent so that the usual value sits in the middle.
 */
export function makeScale(min: number, max: number, log: boolean, usual = max) {
  if (log && max > 0) return logScale(min, max)
  const share = (usual - min) / (max - min)
  const bend = share > 0 && share < 0.15 ? Math.log(share) / Math.log(0.5) : share <= 0 && max - min >= 10 ? 4 : 1
  return {
    value: (at: number) => min + (max - min) * (at / POSITIONS) ** bend,
    position: (value: number) => clamp(Math.max(0, (value - min) / (max - min)) ** (1 / bend) * POSITIONS),
  }
}

function logScale(min: number, max: number) {
  const floor = min > 0 ? min : max / 1e6
  const span = Math.log(max / floor)
  return {
    value: (at: number) => (at <= 0 ? min : floor * Math.exp((span * at) / POSITIONS)),
    position: (value: number) => (value <= floor ? 0 : clamp((Math.log(value / floor) / span) * POSITIONS)),
  }
}

const clamp = (position: number) => Math.min(POSITIONS, Math.max(0, position))
