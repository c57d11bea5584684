import type { Look } from '../paint/runColours'

/** The colour of a run as a short stroke with its dash. */
export function RunDot({ look: { colour, dash } }: { look: Look }) {
  return (
    <svg class={`run-dot ${dash}`} viewBox="0 0 18 8" width="18" height="8" aria-hidden="true">
      <path d="M1 4h16" style={{ stroke: `var(--run-${colour})` }} />
    </svg>
  )
}
