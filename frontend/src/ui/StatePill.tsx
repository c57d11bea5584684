import type { RunState } from '../wire/types'

const WORDS: Partial<Record<RunState, string>> = { stopping: 'stopping …', starting: 'starting …' }

export function StatePill({ state, reachable = true }: { state: RunState; reachable?: boolean }) {
  return (
    <span class="pill" data-state={state} role="status">
      <i />
      {WORDS[state] ?? state}
      {!reachable && ' · trainer away'}
    </span>
  )
}
