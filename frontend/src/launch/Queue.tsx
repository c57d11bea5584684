import { useEffect } from 'preact/hooks'
import { integer } from '../paint/format'
import { act, complaint } from '../store/actions'
import { Link } from '../ui/Link'
import { StatePill } from '../ui/StatePill'
import type { Run } from '../wire/types'
import { followQueue, queue, readQueue } from './queue'

/** What waits, in its order, what trains, and how many may at once. */
export function Queue() {
  useEffect(() => followQueue(), [])
  const view = queue.value
  if (!view) return null
  const { places, busy, waiting, training, more } = view
  return (
    <section class="card panel queue" aria-label="Queue">
      <h2>
        Queue{' '}
        <span>
          {busy} of {integer(places)} places taken
        </span>
      </h2>
      <ol>
        {training.map((run) => (
          <li key={run.id}>
            <StatePill state={run.state} />
            <Link href={`/runs/${run.id}`} title={run.name}>
              {run.name}
            </Link>
          </li>
        ))}
        {waiting.map((run, index) => (
          <li key={run.id}>
            <span class="place" title="Place in the queue">
              {index + 1}
            </span>
            <Link href={`/runs/${run.id}`} title={run.name}>
              {run.name}
            </Link>
            <button type="button" class="button small" aria-label={`Cancel ${run.name}`} onClick={() => cancel(run)}>
              Cancel
            </button>
          </li>
        ))}
      </ol>
      {more && <p class="faint">More wait behind these.</p>}
      {waiting.length === 0 && <p class="faint">{training.length === 0 ? 'The machine is free.' : 'Nothing waits.'}</p>}
    </section>
  )
}

async function cancel(run: Run): Promise<void> {
  await act(run.id, { action: 'stop', checkpoint: false })
  await readQueue().catch((error: Error) => {
    complaint.value = error.message
  })
}
