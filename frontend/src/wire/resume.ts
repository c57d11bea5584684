import type { EventMessage, FrameMessage, ScalarColumn, SkipMessage } from './types'

/** A message that occupies sequence numbers of a run. */
export type Numbered = FrameMessage | EventMessage | SkipMessage

/** What to do with a numbered message: use it (cut to what is new), drop it, or ask again from the position. */
export type Verdict = { take: Numbered; seq: number } | { drop: true } | { gap: true }

export function span(message: Numbered): [number, number] {
  if (message.type === 'frame') return [message.first_seq, message.seq]
  if (message.type === 'skip') return [message.from, message.to]
  return [message.seq, message.seq]
}

/** Ranges tile 1..head: anything at or below `position` was seen, anything beyond the next number means a hole. */
export function judge(position: number, message: Numbered): Verdict {
  const [first, last] = span(message)
  if (last <= position) return { drop: true }
  if (first > position + 1) return { gap: true }
  if (first === position + 1 || message.type !== 'frame') return { take: message, seq: last }
  return { take: cut(message, position + 1 - first), seq: last }
}

/** The frame without its first `rows` rows. */
function cut(frame: FrameMessage, rows: number): FrameMessage {
  const column = (values: ScalarColumn): ScalarColumn => ({
    last: values.last.slice(rows),
    min: values.min?.slice(rows) ?? null,
    max: values.max?.slice(rows) ?? null,
  })
  const seen = frame.rows.update[rows - 1] ?? 0
  return {
    ...frame,
    first_seq: frame.first_seq + rows,
    rows: {
      update: frame.rows.update.slice(rows),
      n: frame.rows.n.slice(rows),
      grad_steps: frame.rows.grad_steps.slice(rows),
      env_steps: frame.rows.env_steps.slice(rows),
      episodes: frame.rows.episodes.slice(rows),
      wall: frame.rows.wall.slice(rows),
    },
    scalars: Object.fromEntries(Object.entries(frame.scalars).map(([name, values]) => [name, column(values)])),
    ended: frame.ended.filter((episode) => episode.update > seen),
  }
}
