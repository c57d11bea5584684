import { short, valueText } from '../paint/format'
import { changesOf, isUndo } from '../store/events'
import type { Control, EventMessage } from '../wire/types'
import { isWrong } from './equation'

/** A point of the timeline. */
export interface Stop {
  x: number
  label: string
  kind: 'edit' | 'edit wrong-side' | 'small' | 'good' | 'bad' | 'start' | 'now' | 'episode'
  place: 'above' | 'below'
  /** The recorded episode that it stands for. */
  episode?: number
}

const QUIET = new Set(['action_done', 'resumed', 'control_refused', 'forked'])

/** What the timeline shows of the run's log. */
export function stopsOf(events: EventMessage[], controls: Control[], place: (update: number) => number): Stop[] {
  return events.flatMap((event): Stop[] => {
    if (QUIET.has(event.kind)) return []
    const x = event.kind === 'started' ? 0 : place(event.at_update)
    if (event.kind === 'control_changed') return [edit(event, x, controls)]
    if (event.kind === 'episode') return [episode(event, place)]
    return [{ x, ...(LOOKS[event.kind] ?? { label: event.kind, kind: 'small', place: 'below' }) }]
  })
}

const LOOKS: Record<string, Omit<Stop, 'x'>> = {
  started: { label: 'started', kind: 'start', place: 'below' },
  checkpoint: { label: 'checkpoint', kind: 'small', place: 'below' },
  paused: { label: 'paused', kind: 'small', place: 'below' },
  solved: { label: 'solved', kind: 'good', place: 'below' },
  alert: { label: 'alert', kind: 'bad', place: 'below' },
  finished: { label: 'finished', kind: 'good', place: 'below' },
  stopped: { label: 'stopped', kind: 'start', place: 'below' },
  failed: { label: 'failed', kind: 'bad', place: 'below' },
}

/** An episode stands at the update whose parameters it shows, not at the one during which it became ready. */
function episode({ data, at_update }: EventMessage, place: (update: number) => number): Stop {
  const [n, update] = [Number(data.n), Number(data.update ?? at_update)]
  const label = `episode ${n} · update ${update} · return ${short(Number(data.return))}`
  return { x: place(update), label, kind: 'episode', place: 'below', episode: n }
}

function edit(event: EventMessage, x: number, controls: Control[]): Stop {
  const changes = changesOf(event)
  const control = (name: string) => controls.find((candidate) => candidate.name === name)
  const wrong = changes.some((change) => control(change.name) && isWrong(control(change.name)!, change.new))
  const what = changes
    .map((change) => `${control(change.name)?.title ?? change.name}: ${valueText(change.new)}`)
    .join(', ')
  return {
    x,
    label: `update ${event.at_update} · ${what}${isUndo(event) ? ' (undo)' : ''}`,
    kind: wrong ? 'edit wrong-side' : 'edit',
    place: 'above',
  }
}
