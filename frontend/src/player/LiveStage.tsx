import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { stepUp } from '../paint/ranges'
import { isTerminal } from '../store/runs'
import { live } from '../wire/socket'
import type { Player } from './player'
import { Stage } from './Stage'

/** The shortest axis of steps while one watches. */
const SHORTEST = 50

/** The policy of the moment, acting; or why it cannot be watched, and what to do. */
export function LiveStage({ player }: { player: Player }) {
  const { watching } = player
  const began = useComputed(() => watching.tape.value !== null).value
  const tape = useComputed(() => watching.tape.value!)
  const end = useComputed(() => stepUp(Math.max(SHORTEST, tape.value?.x(watching.steps.value - 1) ?? 0)))
  const update = useComputed(() => (watching.update.value === null ? '' : `policy of update ${watching.update.value}`))
  const why = whyNot(player)
  if (!began) return <p class="picture blank">{why ?? 'Waiting for the first step …'}</p>
  return (
    <div class="stages">
      <div class="place">
        <p class="title">
          {update}
          {player.held.value && ', held'}
        </p>
        {why && <p class="note">{why}</p>}
        <Stage
          player={player}
          tape={tape}
          name="The environment as the present policy acts in it"
          end={end}
          onPainted={() => watching.rate.tick(performance.now())}
        />
      </div>
    </div>
  )
}

function whyNot(player: Player): ComponentChildren {
  const { watching, held } = player
  const run = player.store.run.value
  if (run && isTerminal(run)) return 'The run has ended: nobody acts any more. Its recorded episodes are below.'
  if (held.value) return null
  if (live.link.value === 'reconnecting')
    return 'The connection is lost; the picture goes on by itself when it is back.'
  if (run?.state === 'queued' || run?.state === 'starting') return 'The run has not started yet.'
  if (watching.state.value !== 'refused') return null
  return (
    <>
      {watching.why.value}{' '}
      <button type="button" class="button small" onClick={() => watching.retry()}>
        Try again
      </button>
    </>
  )
}
