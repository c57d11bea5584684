import type { Line } from '../paint/decimate'
import type { Range } from '../paint/ranges'
import type { EventMessage, Run } from '../wire/types'
import type { Band, Grouping } from './state'

/** Runs that were treated alike, by what they are grouped by. */
export interface Group {
  key: string
  label: string
  members: string[]
}

interface Member {
  run: Run
  events: EventMessage[]
}

/** Everything that decides about a run except its seed; an edit belongs to it, with its update. */
function treatment({ run, events }: Member): string {
  const edits = events
    .filter(({ kind }) => kind === 'control_changed')
    .map(({ at_update, data }) => [at_update, data.changes])
  return JSON.stringify([run.algorithm, run.environment, run.budget, run.controls.values, edits])
}

const keyOf = (member: Member, by: Grouping) =>
  by === 'tag' ? member.run.tags.toSorted().join(', ') : treatment(member)

/** The groups in order of their first run; a run that has no like is a group of one. */
export function groupsOf(members: Member[], by: Grouping): Group[] {
  const groups = new Map<string, Group>()
  for (const member of members) {
    const key = keyOf(member, by) || `alone ${member.run.id}`
    const known = groups.get(key)
    const label = by === 'tag' && member.run.tags.length ? key : member.run.name.replace(/[\s·,-]*seed[\s-]*\d+/i, '')
    groups.set(
      key,
      known ? { ...known, members: [...known.members, member.run.id] } : { key, label, members: [member.run.id] },
    )
  }
  return [...groups.values()]
}

/** Positions at which curves are compared. */
export const POSITIONS = 200

/** What several curves are together at each position: their mean, the band about it, and how many there are. */
export interface Together {
  x: number[]
  mean: number[]
  low: number[]
  high: number[]
  n: number[]
}

/**
 * Curves on one grid: each is interpolated linearly between its own points and counts where it has numbers on both
 * sides. Band: least and greatest, or the mean plus and minus its standard error s/√n.
 */
export function together(lines: Line[], [from, to]: Range, band: Band): Together {
  const x = Array.from({ length: POSITIONS + 1 }, (_, i) => from + ((to - from) * i) / POSITIONS)
  const columns = lines.map((line) => resampled(line, x))
  const at = x.map((_, i) => columns.map((column) => column[i]!).filter(Number.isFinite))
  const mean = at.map(average)
  const half = at.map((values, i) => standardError(values, mean[i]!))
  const edge = (sign: 1 | -1) => (values: number[], i: number) =>
    values.length === 0
      ? Number.NaN
      : band === 'se'
        ? mean[i]! + sign * half[i]!
        : sign > 0
          ? Math.max(...values)
          : Math.min(...values)
  return { x, mean, low: at.map(edge(-1)), high: at.map(edge(1)), n: at.map((values) => values.length) }
}

const average = (values: number[]) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : Number.NaN)

function standardError(values: number[], mean: number): number {
  if (values.length < 2) return 0
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}

/** The line at each of the growing positions; NaN beyond its ends and inside its gaps. */
export function resampled({ x, y }: Line, at: number[]): number[] {
  let next = 0
  return at.map((position) => {
    while (next < x.length && x[next]! < position) next += 1
    if (next === x.length) return Number.NaN
    if (x[next] === position) return y[next]!
    if (next === 0) return Number.NaN
    const share = (position - x[next - 1]!) / (x[next]! - x[next - 1]!)
    return y[next - 1]! + share * (y[next]! - y[next - 1]!)
  })
}
