import { useState } from 'preact/hooks'
import { integer } from '../paint/format'
import { decode } from '../wire/numbers'
import type { Player } from './player'
import { said } from './strips'

/** "Record now": how many episodes, from which seed; what is on its way, and what came of it. */
export function Recorder({ player }: { player: Player }) {
  const [episodes, setEpisodes] = useState('1')
  const [seed, setSeed] = useState('')
  const { shelf } = player
  const waiting = shelf.pending.value
  return (
    <div class="recorder">
      {player.active.value && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void shelf.record(Number(episodes), seed === '' ? null : Number(seed))
          }}
        >
          <input
            type="number"
            aria-label="Episodes to record"
            title="Episodes, 1 to 20"
            min={1}
            max={20}
            step={1}
            required
            value={episodes}
            onInput={(event) => setEpisodes(event.currentTarget.value)}
          />
          <input
            type="number"
            aria-label="Seed of the first episode"
            title="Seed of the first episode; empty lets the run choose"
            placeholder="any seed"
            min={0}
            max={2147483647}
            step={1}
            value={seed}
            onInput={(event) => setSeed(event.currentTarget.value)}
          />
          <button type="submit" class="button small">
            Record now
          </button>
        </form>
      )}
      <p role="status">
        {waiting.length > 0 && `Recording ${count(waiting.reduce((sum, { episodes }) => sum + episodes, 0))} …`}
        {waiting.length === 0 && <Done player={player} />}
      </p>
      {shelf.complaint.value && (
        <p class="wrong" role="alert">
          {shelf.complaint.value}
        </p>
      )}
    </div>
  )
}

const count = (episodes: number) => (episodes === 1 ? 'an episode' : `${integer(episodes)} episodes`)

function Done({ player }: { player: Player }) {
  const { shelf } = player
  const recorded = shelf.recorded.value
  if (!recorded) return null
  const last = recorded.episodes.at(-1)!
  const row = shelf.rows.value.find(({ n }) => n === last)
  return (
    <>
      Recorded {count(recorded.episodes.length)}
      {row && `, return ${said(decode(row.return))}`}.{' '}
      {player.episode.value !== last && (
        <button type="button" class="button small" onClick={() => player.choose(last)}>
          Show it
        </button>
      )}
    </>
  )
}
