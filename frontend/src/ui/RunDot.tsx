import { lookOf } from '../paint/runColours'

/** The colour that a run has on every page, as a short stroke with its dash. */
export function RunDot({ run }: { run: string }) {
  const { colour, dash } = lookOf(run)
  return (
    <svg class={`run-dot ${dash}`} viewBox="0 0 18 8" width="18" height="8" aria-hidden="true">
      <path d="M1 4h16" style={{ stroke: `var(--run-${colour})` }} />
    </svg>
  )
}
