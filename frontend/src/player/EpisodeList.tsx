import { integer } from '../paint/format'
import { decode } from '../wire/numbers'
import type { EpisodeRow } from '../wire/types'
import { BesideIcon } from './icons'
import type { Player } from './player'
import { said } from './strips'
import { reasonText, rowTitle } from './words'

/** Every recorded episode, newest first; one press shows it, another puts it beside the one that is shown. */
export function EpisodeList({ player }: { player: Player }) {
  const { shelf } = player
  const rows = shelf.rows.value
  if (shelf.state.value === 'loading') return <p class="faint">Reading the list of episodes …</p>
  if (shelf.state.value === 'failed')
    return (
      <p class="wrong">
        {shelf.why.value}{' '}
        <button type="button" class="button small" onClick={() => void shelf.open()}>
          Read the list again
        </button>
      </p>
    )
  if (rows.length === 0) return <p class="faint">{nothing(player)}</p>
  return (
    <div class="episodes">
      <table>
        <thead>
          <tr>
            <th scope="col">Update</th>
            <th scope="col">Recorded</th>
            <th scope="col">Return</th>
            <th scope="col">Steps</th>
            <th>
              <span class="visually-hidden">Compare</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.n} row={row} player={player} />
          ))}
        </tbody>
      </table>
      {shelf.next.value !== null && (
        <button type="button" class="button quiet small" onClick={() => void shelf.more()}>
          Older episodes
        </button>
      )}
    </div>
  )
}

const nothing = (player: Player) =>
  player.active.value || player.store.run.value?.state === 'queued'
    ? 'No episode is recorded yet. Recordings come on a schedule, after edits and on request.'
    : 'No episode of this run was recorded.'

function Row({ row, player }: { row: EpisodeRow; player: Player }) {
  const shown = player.episode.value === row.n
  const beside = player.beside.value === row.n
  const comparable = player.episode.value !== null && !shown
  return (
    <tr class={shown ? 'shown' : beside ? 'compared' : ''}>
      <td>
        <button
          type="button"
          title={rowTitle(row)}
          aria-label={`Show ${rowTitle(row)}`}
          aria-current={shown ? 'true' : undefined}
          onClick={() => player.choose(row.n)}
        >
          {integer(row.update)}
        </button>
      </td>
      <td title={row.seed === null ? undefined : `seed ${row.seed}`}>{reasonText(row.reason)}</td>
      <td>{said(decode(row.return))}</td>
      <td>{integer(row.length)}</td>
      <td>
        {comparable && (
          <button
            type="button"
            class="button quiet small"
            aria-pressed={beside}
            aria-label={`Put episode ${row.n} beside the one shown`}
            title={beside ? 'Take it away again' : 'Put it beside the episode shown'}
            onClick={() => player.compare(beside ? null : row.n)}
          >
            <BesideIcon />
          </button>
        )}
      </td>
    </tr>
  )
}
