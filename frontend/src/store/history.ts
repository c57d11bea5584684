import { api } from '../wire/api'
import type { Axis, EventMessage } from '../wire/types'
import { AXES } from './axis'
import type { EventLog } from './events'

/** Read a run's whole log, page by page. */
export async function readEvents(run: string, epoch: number, log: EventLog): Promise<void> {
  let after: number | null = 0
  while (after !== null) {
    const page: { events: EventMessage[]; next: number | null } = await api.events(run, epoch, after)
    for (const event of page.events) log.add(event)
    after = page.events.length > 0 && page.next !== null && page.next > after ? page.next : null
  }
}

/** Rows have the same rank on every axis, so one series read on each gives the map between them. */
export async function readPlaces(run: string, probe: string): Promise<Record<Axis, number[]>> {
  const replies = await Promise.all(AXES.map(({ id }) => api.series(run, [probe], id, { points: 2000 })))
  const columns = replies.map((reply) => reply.series[probe]?.x1 ?? [])
  const length = Math.min(...columns.map((column) => column.length))
  const [update, env_steps, episodes, wall] = columns.map((column) => column.slice(0, length))
  return { update: update!, env_steps: env_steps!, episodes: episodes!, wall: wall! }
}
