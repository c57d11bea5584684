import { duration, integer } from '../paint/format'
import { sentence } from '../store/events'
import type { EventMessage } from '../wire/types'

interface Props {
  events: EventMessage[]
  onPick(update: number): void
  onEpisode(n: number): void
}

/** The run's log as a list, newest first; a line moves the cursor to its update, or shows its episode. */
export function EventList({ events, onPick, onEpisode }: Props) {
  if (events.length === 0) return <p class="faint">Nothing has happened yet.</p>
  return (
    <ol class="events">
      {events.toReversed().map((event) => (
        <li key={event.seq}>
          <span class="faint">{integer(event.at_update)}</span>
          <span class="faint">{duration(event.wall)}</span>
          <button
            type="button"
            onClick={() => (event.kind === 'episode' ? onEpisode(Number(event.data.n)) : onPick(event.at_update))}
          >
            {sentence(event)}
            {event.data.by ? ` (${String(event.data.by)})` : ''}
          </button>
        </li>
      ))}
    </ol>
  )
}
