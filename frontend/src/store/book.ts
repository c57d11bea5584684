import type { Window } from '../wire/api'
import { decodeOrNaN } from '../wire/numbers'
import type { Axis, FrameMessage, SeriesColumns, SeriesReply } from '../wire/types'
import { episodeX } from './axis'
import { type Point, SeriesBuffer } from './series'

/** Series with one point per finished episode; every other series has one per row. */
const EPISODE_SERIES: Record<string, 'return' | 'length'> = { 'episode/return': 'return', 'episode/length': 'length' }

const RETRY_MS = 4000

interface Live extends Point {
  seq: number
}

export interface Entry {
  state: 'loading' | 'ready' | 'error'
  /** The history covers sequence numbers up to here. */
  head: number
  unit: string
  /** Every point of the series, as the server counted, plus those since. */
  total: number
  raw: boolean
  buffer: SeriesBuffer
  /** A request is under way: live points are kept until its head says which of them it covers. */
  asking: boolean
  waiting: Live[]
}

export type ReadSeries = (names: string[], axis: Axis, window: Window) => Promise<SeriesReply>

/** The series of one run on one x axis and window: history on demand, then the live rows after it. */
export class SeriesBook {
  version = 0
  private readonly entries = new Map<string, Entry>()
  private wanted = new Set<string>()
  private asked = false

  constructor(
    private readonly read: ReadSeries,
    readonly axis: Axis,
    readonly window: { from: number; to: number } | null = null,
    private readonly points = 1000,
  ) {}

  get(name: string): Entry | undefined {
    return this.entries.get(name)
  }

  get names(): string[] {
    return [...this.entries.keys()]
  }

  /** Fetch what is not here yet; requests of one turn travel together. */
  need(names: string[]): void {
    for (const name of names) {
      if (this.entries.has(name)) continue
      this.entries.set(name, this.blank())
      this.wanted.add(name)
    }
    if (this.wanted.size > 0 && !this.asked) {
      this.asked = true
      queueMicrotask(() => void this.fetch())
    }
  }

  /** Series of a run that has no rows yet: there is no history to ask for. */
  begin(names: string[]): void {
    for (const name of names) this.entries.set(name, { ...this.blank(), state: 'ready', asking: false, head: 0 })
  }

  /** Read everything again, keeping the old picture until the new one is here. */
  async reload(): Promise<void> {
    const { names } = this
    for (const name of names) this.entries.get(name)!.asking = true
    await Promise.all(chunks(names, 12).map((part) => this.load(part)))
  }

  /** Resolves with the lowest head once the first request for `names` is answered. */
  async load(names: string[]): Promise<number> {
    for (const name of names) if (!this.entries.has(name)) this.entries.set(name, this.blank())
    try {
      const reply = await this.read(names, this.axis, { ...this.window, points: this.points })
      for (const name of names) this.settle(name, reply.series[name], reply.head)
      return reply.head
    } catch (error) {
      for (const name of names) this.failed(name)
      throw error
    } finally {
      this.version += 1
    }
  }

  append(frame: FrameMessage): void {
    for (const [name, entry] of this.entries) {
      for (const point of pointsOf(frame, name, this.axis)) this.add(entry, point)
    }
    this.version += 1
  }

  private async fetch(): Promise<void> {
    this.asked = false
    const names = [...this.wanted]
    this.wanted = new Set()
    await Promise.allSettled(chunks(names, 12).map((part) => this.load(part)))
  }

  private blank(): Entry {
    return {
      state: 'loading',
      head: -1,
      unit: '',
      total: 0,
      raw: true,
      buffer: new SeriesBuffer(),
      asking: true,
      waiting: [],
    }
  }

  private add(entry: Entry, point: Live): void {
    if (entry.asking) entry.waiting.push(point)
    if (entry.state === 'ready' && point.seq > entry.head) this.write(entry, point)
  }

  private write(entry: Entry, point: Live): void {
    entry.total += point.n
    if (this.window && (point.x1 < this.window.from || point.x0 >= this.window.to)) return
    entry.buffer.push(point)
  }

  /** A failed refresh keeps what is on screen; a failed first read is forgotten after a while, so that it is asked again. */
  private failed(name: string): void {
    const entry = this.entries.get(name)!
    entry.asking = false
    if (entry.state !== 'loading') return
    entry.state = 'error'
    setTimeout(() => this.entries.get(name) === entry && this.entries.delete(name), RETRY_MS)
  }

  private settle(name: string, columns: SeriesColumns | undefined, head: number): void {
    const old = this.entries.get(name)!
    const entry: Entry = { ...this.blank(), state: 'ready', asking: false, head, waiting: [] }
    entry.buffer.version = old.buffer.version + 1
    if (columns) {
      entry.unit = columns.unit
      entry.total = columns.total
      entry.raw = columns.raw
      columns.x0.forEach((_, i) => {
        entry.buffer.push(bucket(columns, i))
      })
    }
    this.entries.set(name, entry)
    for (const point of old.waiting) if (point.seq > head) this.write(entry, point)
  }
}

function bucket(columns: SeriesColumns, i: number): Point {
  return {
    x0: columns.x0[i]!,
    x1: columns.x1[i]!,
    n: columns.n[i]!,
    nonfinite: columns.nonfinite[i]!,
    min: decodeOrNaN(columns.min[i]),
    max: decodeOrNaN(columns.max[i]),
    mean: decodeOrNaN(columns.mean[i]),
    last: decodeOrNaN(columns.last[i]),
  }
}

/** The live points of one series in a frame, each with the sequence number of its row. */
export function pointsOf(frame: FrameMessage, name: string, axis: Axis): Live[] {
  const episode = EPISODE_SERIES[name]
  if (episode) return episodePoints(frame, episode, axis)
  const column = frame.scalars[name]
  if (!column) return []
  const out: Live[] = []
  column.last.forEach((wire, i) => {
    if (wire === null) return
    const last = decodeOrNaN(wire)
    const n = frame.rows.n[i] ?? 1
    const x = frame.rows[axis][i]!
    const extreme = Number.isFinite(last) ? last : Number.NaN
    const min = column.min ? decodeOrNaN(column.min[i]) : extreme
    const max = column.max ? decodeOrNaN(column.max[i]) : extreme
    const nonfinite = Number.isFinite(last) ? 0 : 1
    const x0 = axis === 'update' ? x - n + 1 : x
    out.push({ seq: frame.first_seq + i, x0, x1: x, n, nonfinite, min, max, mean: extreme, last })
  })
  return out
}

function episodePoints(frame: FrameMessage, field: 'return' | 'length', axis: Axis): Live[] {
  return frame.ended.map((episode) => {
    const value = decodeOrNaN(episode[field])
    const finite = Number.isFinite(value)
    const extreme = finite ? value : Number.NaN
    const x = episodeX(episode, axis)
    const row = frame.rows.update.findIndex((update) => update >= episode.update)
    const seq = row < 0 ? frame.seq : frame.first_seq + row
    return {
      seq,
      x0: x,
      x1: x,
      n: 1,
      nonfinite: finite ? 0 : 1,
      min: extreme,
      max: extreme,
      mean: extreme,
      last: value,
    }
  })
}

function chunks<T>(items: T[], size: number): T[][] {
  const out: T[][] = []
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size))
  return out
}
