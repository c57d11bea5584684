import type { Window } from '../wire/api'
import { decodeOrNaN } from '../wire/numbers'
import type { DistributionReply, DistributionRow, SparseHistogram } from '../wire/types'

/** The histogram of one update, or of consecutive ones merged; counts hold underflow first and overflow last. */
export interface HistogramRow {
  first: number
  last: number
  n: number
  min: number
  max: number
  nonfinite: number
  counts: Float64Array
}

export interface Histograms {
  state: 'loading' | 'ready' | 'error'
  edges: number[]
  rows: HistogramRow[]
  version: number
}

export type ReadDistribution = (name: string, window: Window) => Promise<DistributionReply>

/** Histograms over updates, per declared distribution; one fixed grid each, so that rows merge exactly. */
export class DistributionBook {
  version = 0
  private readonly held = new Map<string, Histograms>()

  constructor(
    private readonly read: ReadDistribution,
    private readonly edgesOf: (name: string) => number[],
    private readonly limit = 400,
    /** Updates from..to-1; null is the whole run. */
    private readonly window: { from: number; to: number } | null = null,
  ) {}

  get(name: string): Histograms | undefined {
    return this.held.get(name)
  }

  get names(): string[] {
    return [...this.held.keys()]
  }

  need(names: string[]): void {
    for (const name of names) {
      if (this.held.has(name)) continue
      this.held.set(name, { state: 'loading', edges: this.edgesOf(name), rows: [], version: 0 })
      void this.load(name)
    }
  }

  /** As `need`, for a run that has no rows yet. */
  begin(names: string[]): void {
    for (const name of names) this.held.set(name, { state: 'ready', edges: this.edgesOf(name), rows: [], version: 0 })
  }

  clear(): void {
    this.held.clear()
    this.version += 1
  }

  async reload(): Promise<void> {
    await Promise.all(this.names.map((name) => this.load(name)))
  }

  append(distributions: Record<string, SparseHistogram>): void {
    for (const [name, sparse] of Object.entries(distributions)) {
      const entry = this.held.get(name)
      if (entry) this.add(entry, dense(sparse, entry.edges.length + 1))
    }
  }

  private async load(name: string): Promise<void> {
    const entry = this.held.get(name)!
    try {
      const reply = await this.read(name, { ...this.window, points: this.limit / 2 })
      const history = reply.rows.map(rowOf)
      const known = history.at(-1)?.last ?? 0
      const since = entry.rows.filter((row) => row.first > known)
      if (reply.edges.length) entry.edges = reply.edges
      entry.rows = [...history, ...since]
      entry.state = 'ready'
    } catch {
      if (entry.state === 'loading') entry.state = 'error'
    }
    this.touch(entry)
  }

  private add(entry: Histograms, row: HistogramRow): void {
    const known = entry.rows.at(-1)?.last ?? 0
    if (row.last <= known || !this.covers(row)) return
    entry.rows.push(row)
    if (entry.rows.length > this.limit) entry.rows = halve(entry.rows)
    this.touch(entry)
  }

  private covers({ last }: HistogramRow): boolean {
    return !this.window || (last >= this.window.from && last < this.window.to)
  }

  private touch(entry: Histograms): void {
    entry.version += 1
    this.version += 1
  }
}

function rowOf(row: DistributionRow): HistogramRow {
  return {
    first: row.first_update,
    last: row.update,
    n: row.n,
    min: decodeOrNaN(row.min),
    max: decodeOrNaN(row.max),
    nonfinite: row.nonfinite,
    counts: Float64Array.from(row.counts),
  }
}

/** A frame's sparse counts on the full grid. */
export function dense(sparse: SparseHistogram, bins: number): HistogramRow {
  const counts = new Float64Array(bins)
  for (const [bin, count] of sparse.counts) counts[bin] = count
  const { update, n, nonfinite } = sparse
  return {
    first: update,
    last: update,
    n,
    nonfinite,
    min: decodeOrNaN(sparse.min),
    max: decodeOrNaN(sparse.max),
    counts,
  }
}

/** Merge the older half in pairs. */
function halve(rows: HistogramRow[]): HistogramRow[] {
  const older = (rows.length >> 2) << 1
  const out: HistogramRow[] = []
  for (let i = 0; i < older; i += 2) out.push(merge(rows[i]!, rows[i + 1]!))
  return [...out, ...rows.slice(older)]
}

export function merge(a: HistogramRow, b: HistogramRow): HistogramRow {
  return {
    first: a.first,
    last: b.last,
    n: a.n + b.n,
    min: Number.isNaN(a.min) ? b.min : Number.isNaN(b.min) ? a.min : Math.min(a.min, b.min),
    max: Number.isNaN(a.max) ? b.max : Number.isNaN(b.max) ? a.max : Math.max(a.max, b.max),
    nonfinite: a.nonfinite + b.nonfinite,
    counts: a.counts.map((count, bin) => count + b.counts[bin]!),
  }
}
