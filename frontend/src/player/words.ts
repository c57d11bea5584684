import { integer } from '../paint/format'
import type { EpisodeDocument, EpisodeRow } from '../wire/types'
import { said } from './strips'
import type { Tape } from './tape'

const REASONS: Record<string, string> = { schedule: 'on schedule', edit: 'after an edit', request: 'on request' }

export const reasonText = (reason: string): string => REASONS[reason] ?? reason

const ENDINGS = { terminated: 'terminated', truncated: 'cut off at the time limit', ended: 'ended' }

/** Where a player stands in an episode: "step 31 of 200 · r 1 · return 31". */
export function momentText(tape: Tape, t: number): string {
  const steps = tape.steps
  if (steps === 0) return 'No step yet.'
  if (t >= steps || (t === steps - 1 && tape.ending && tape.pictures === steps))
    return `${ENDINGS[tape.ending ?? 'ended']} after ${integer(tape.at[steps - 1]! + 1)} steps · return ${said(tape.returns[steps - 1])}`
  const thinned = tape.drawnEvery > 1 ? ` · a picture every ${tape.drawnEvery} steps` : ''
  return `step ${integer(tape.at[t]!)} · r ${said(tape.reward[t])} · return ${said(tape.returns[t])}${thinned}`
}

export const episodeTitle = ({ n, update }: Pick<EpisodeDocument, 'n' | 'update'>): string =>
  `Episode ${n} · update ${integer(update)}`

/** The row of an episode in one sentence, for whoever cannot see the columns. */
export const rowTitle = (row: EpisodeRow): string =>
  `Episode ${row.n}, update ${row.update}, ${reasonText(row.reason)}${row.seed === null ? '' : `, seed ${row.seed}`}`
