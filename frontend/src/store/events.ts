import { signal } from '@preact/signals'
import type { EventMessage } from '../wire/types'
import { type Change, UNDO } from './controls'

/** The run's own log, in order, each event once. */
export class EventLog {
  readonly list = signal<EventMessage[]>([])
  private readonly seen = new Set<number>()

  clear(): void {
    this.seen.clear()
    this.list.value = []
  }

  add(event: EventMessage): void {
    if (this.seen.has(event.seq)) return
    this.seen.add(event.seq)
    const list = this.list.peek()
    const inOrder = list.length === 0 || list.at(-1)!.seq < event.seq
    this.list.value = inOrder ? [...list, event] : [...list, event].sort((a, b) => a.seq - b.seq)
  }
}

export const changesOf = (event: EventMessage): Change[] => (event.data.changes as Change[] | undefined) ?? []

/** Update at which the control took its present value; null while it has the value it started with. */
export function changedAt(events: EventMessage[], control: string): number | null {
  const event = events.findLast((e) => e.kind === 'control_changed' && changesOf(e).some((c) => c.name === control))
  return event ? event.at_update : null
}

/** Whether an edit took another back. */
export const isUndo = ({ data }: EventMessage): boolean => String(data.edit_id ?? '').startsWith(UNDO)

/** One plain line for an event. */
export function sentence(event: EventMessage): string {
  const { data, kind } = event
  if (kind === 'control_changed')
    return changesOf(event)
      .map((c) => `${c.name}: ${c.old} → ${c.new}`)
      .join(', ')
      .concat(isUndo(event) ? ', an edit taken back' : '')
  if (kind === 'control_refused') return `edit refused: ${text((data.error as { message?: string })?.message)}`
  if (kind === 'failed') return `failed: ${text(data.reason)}`
  if (kind === 'alert') return `alert: ${text(data.title ?? data.message)}`
  if (kind === 'episode') return `episode ${text(data.n)} of update ${text(data.update)}: return ${text(data.return)}`
  if (kind === 'action_done') return `${text(data.action)} done`
  return kind
}

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value))
