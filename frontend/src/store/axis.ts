import type { Axis, EndedEpisode, Rows } from '../wire/types'

export const AXES: { id: Axis; label: string; unit: string }[] = [
  { id: 'update', label: 'updates', unit: 'update' },
  { id: 'env_steps', label: 'env steps', unit: 'env step' },
  { id: 'episodes', label: 'episodes', unit: 'episode' },
  { id: 'wall', label: 'training time', unit: 's' },
]

export const isAxis = (text: string | null): text is Axis => AXES.some((axis) => axis.id === text)

export function episodeX(episode: EndedEpisode, axis: Axis): number {
  return axis === 'episodes' ? episode.episode : episode[axis]
}

/** The four counters of the run side by side, so that an update can be placed on any axis. */
export class AxisMap {
  version = 0
  private readonly columns: Record<Axis, number[]> = { update: [], env_steps: [], episodes: [], wall: [] }

  /** Replace everything by history read per axis, point for point. */
  seed(columns: Record<Axis, number[]>): void {
    for (const axis of AXES) this.columns[axis.id] = columns[axis.id].slice()
    this.version += 1
  }

  append(rows: Rows): void {
    const known = this.columns.update.at(-1) ?? 0
    rows.update.forEach((update, i) => {
      if (update > known) for (const { id } of AXES) this.columns[id].push(rows[id][i]!)
    })
    if (this.columns.update.length > 8192) this.thin()
    this.version += 1
  }

  /** Where `update` lies on `axis`; between known rows by proportion. */
  place(update: number, axis: Axis): number {
    if (axis === 'update') return update
    return interpolate(this.columns.update, this.columns[axis], update)
  }

  /** The update at position `x` of `axis`. */
  update(x: number, axis: Axis): number {
    return axis === 'update' ? x : interpolate(this.columns[axis], this.columns.update, x)
  }

  private thin(): void {
    const half = this.columns.update.length >> 1
    for (const { id } of AXES) {
      this.columns[id] = this.columns[id].filter((_, i) => i >= half || i % 2 === 0)
    }
  }
}

function interpolate(from: number[], to: number[], x: number): number {
  if (from.length === 0) return 0
  let low = 0
  let high = from.length - 1
  if (x >= from[high]!) return to[high]!
  if (x <= from[0]!) return from[0]! > 0 ? (to[0]! * Math.max(0, x)) / from[0]! : to[0]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (from[middle]! <= x) low = middle
    else high = middle
  }
  const width = from[high]! - from[low]!
  return width === 0 ? to[high]! : to[low]! + ((to[high]! - to[low]!) * (x - from[low]!)) / width
}
