import { useComputed } from '@preact/signals'
import { decode } from '../wire/numbers'
import type { EpisodeDocument } from '../wire/types'
import type { Player } from './player'
import { Stage } from './Stage'
import type { Loaded } from './side'
import { said } from './strips'
import { episodeTitle, reasonText } from './words'

/** One recorded episode, or two side by side on one axis of steps. */
export function RecordedStages({ player }: { player: Player }) {
  const [first, second] = player.sides
  return (
    <div class="stages">
      <Place player={player} loaded={first.loaded.value} />
      {player.beside.value !== null && <Place player={player} loaded={second.loaded.value} beside />}
    </div>
  )
}

interface PlaceProps {
  player: Player
  loaded: Loaded
  beside?: boolean
}

function Place({ player, loaded, beside }: PlaceProps) {
  const end = useComputed(() => Math.max(1, player.head.length.value - 1))
  if (loaded.state === 'failed') return <Failure player={player} loaded={loaded} beside={beside} />
  if (loaded.state !== 'ready') return <p class="picture blank">Reading the episode …</p>
  const { document } = loaded
  return (
    <div class="place">
      <div class="title">
        <p>
          {episodeTitle(document)}
          <span class="faint">
            {' '}
            {reasonText(document.reason)}
            {document.seed !== null && `, seed ${document.seed}`} · return {said(decode(document.return))}
          </span>
        </p>
        {beside ? (
          <button type="button" class="button quiet small" onClick={() => player.compare(null)}>
            Take away
          </button>
        ) : (
          <AgainNow player={player} document={document} />
        )}
      </div>
      <Stage
        key={loaded.n}
        player={player}
        tape={loaded.tape}
        name={`Picture of ${episodeTitle(document)}`}
        end={end}
      />
    </div>
  )
}

/** The same start under the parameters of now, to be seen beside what they did then. */
function AgainNow({ player, document }: { player: Player; document: EpisodeDocument }) {
  const waiting = player.shelf.pending.value.some(({ beside }) => beside === document.n)
  if (!player.active.value || document.seed === null || player.beside.value !== null) return null
  return (
    <button
      type="button"
      class="button small"
      disabled={waiting}
      title={`Record seed ${document.seed} under the present policy and show both side by side`}
      onClick={() => void player.shelf.record(1, document.seed, document.n)}
    >
      {waiting ? 'Recording …' : 'Same seed now'}
    </button>
  )
}

function Failure({ player, loaded, beside }: PlaceProps & { loaded: Loaded & { state: 'failed' } }) {
  const newest = player.shelf.rows.value[0]
  return (
    <div class="picture blank" role="alert">
      <p>
        Episode {loaded.n} cannot be shown. {loaded.why}
      </p>
      {beside ? (
        <button type="button" class="button small" onClick={() => player.compare(null)}>
          Take it away
        </button>
      ) : (
        <>
          {!loaded.gone && (
            <button type="button" class="button small" onClick={() => player.reload()}>
              Try again
            </button>
          )}
          {newest && newest.n !== loaded.n && (
            <button type="button" class="button small" onClick={() => player.choose(newest.n)}>
              Newest episode
            </button>
          )}
        </>
      )}
    </div>
  )
}
