import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import { live } from '../wire/socket'

const STALE_AFTER = 10_000

/** Whether the numbers on screen are those of now. */
export function Connection({ store }: { store: RunStore }) {
  const now = useSignal(performance.now())
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = performance.now()
    }, 1000)
    return () => clearInterval(timer)
  }, [])
  const quiet = Math.round((now.value - store.heard.value) / 1000)
  const run = store.run.value
  const expected = run?.state === 'running' && (run.pace === null || run.pace > 0.2)
  const stale = live.link.value === 'live' && expected && quiet * 1000 > STALE_AFTER
  const ended = live.link.value === 'live' && run !== null && isTerminal(run)
  const kind = stale ? 'stale' : ended ? 'ended' : live.link.value
  return (
    <span class="link" data-link={kind} role="status">
      <i />
      {(kind === 'live' || kind === 'ended') && kind}
      {(kind === 'connecting' || kind === 'idle') && 'connecting …'}
      {kind === 'stale' && `no news for ${quiet} s`}
      {kind === 'revoked' && 'logged out'}
      {kind === 'reconnecting' && (
        <>
          reconnecting · {quiet} s old
          <button type="button" class="button small" onClick={() => live.retry()}>
            Retry
          </button>
        </>
      )}
    </span>
  )
}
