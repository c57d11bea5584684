import { navigate } from '../store/route'
import { Dialog } from '../ui/Dialog'
import { Link } from '../ui/Link'
import type { Batch, Start } from './batch'

const WORDS: Record<Start['state'], string> = {
  waiting: 'waiting',
  sending: 'starting …',
  started: 'started',
  failed: 'not started',
}

interface Props {
  batch: Batch
  tag: string
  onRetry(): void
  onClose(): void
}

/** How far several starts have come, and what to do about those that failed. */
export function Progress({ batch, tag, onRetry, onClose }: Props) {
  const starts = batch.starts.value
  const done = batch.started.value.length
  const failed = batch.failed.value.length
  const runs = batch.started.value.map(({ run }) => run).join()
  return (
    <Dialog title={`${done} of ${starts.length} runs started`} onClose={onClose}>
      <progress max={starts.length} value={done} aria-label="Runs started" />
      <ol class="starts">
        {starts.map((start) => (
          <li key={start.key} data-state={start.state}>
            <span>seed {start.seed}</span>
            {start.run ? <Link href={`/runs/${start.run}`}>{start.name}</Link> : <span>{start.name}</span>}
            <span class={start.state === 'failed' ? 'wrong' : 'faint'}>{start.error ?? WORDS[start.state]}</span>
          </li>
        ))}
      </ol>
      <footer>
        {failed > 0 && (
          <button type="button" class="button" disabled={batch.busy.value} onClick={onRetry}>
            Try the {failed} again
          </button>
        )}
        {done > 1 && (
          <button
            type="button"
            class="button"
            disabled={batch.busy.value}
            onClick={() => navigate(`/compare?runs=${runs}`)}
          >
            Compare them
          </button>
        )}
        <button
          type="button"
          class="button primary"
          disabled={done === 0 || batch.busy.value}
          onClick={() => navigate(`/?tag=${encodeURIComponent(tag)}`)}
        >
          See them in the table
        </button>
      </footer>
    </Dialog>
  )
}
