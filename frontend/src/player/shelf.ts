import { batch, effect, signal } from '@preact/signals'
import type { RunStore } from '../store/run'
import { ApiError, api } from '../wire/api'
import type { EpisodeDocument, EpisodeRow, EventMessage } from '../wire/types'

/** A recording that was asked for from this page. */
export interface Pending {
  actionId: string
  episodes: number
  seed: number | null
  /** The episode that it is to be shown beside. */
  beside: number | null
}

/** What came of one. */
export interface Recorded {
  episodes: number[]
  beside: number | null
}

const KEPT = 8
const ENDED = new Set(['finished', 'stopped', 'failed'])

/** The recorded episodes of a run: the list, newest first, the documents, and what is being recorded. */
export class Shelf {
  readonly state = signal<'loading' | 'ready' | 'failed'>('loading')
  readonly why = signal('')
  readonly rows = signal<EpisodeRow[]>([])
  readonly next = signal<string | null>(null)
  readonly pending = signal<Pending[]>([])
  readonly recorded = signal<Recorded | null>(null)
  readonly complaint = signal<string | null>(null)
  private readonly documents = new Map<number, Promise<EpisodeDocument>>()
  private seen = 0
  private readonly stop: () => void

  constructor(private readonly store: RunStore) {
    this.stop = effect(() => {
      if (this.state.value === 'ready') this.follow(store.events.list.value)
    })
  }

  dispose(): void {
    this.stop()
  }

  async open(): Promise<void> {
    this.state.value = 'loading'
    try {
      const page = await api.episodes(this.store.id)
      batch(() => {
        this.rows.value = page.episodes
        this.next.value = page.next
        this.state.value = 'ready'
      })
    } catch (error) {
      this.why.value = message(error)
      this.state.value = 'failed'
    }
  }

  async more(): Promise<void> {
    const after = this.next.peek()
    if (after === null) return
    try {
      const page = await api.episodes(this.store.id, after)
      const known = new Set(this.rows.peek().map(({ n }) => n))
      this.rows.value = [...this.rows.peek(), ...page.episodes.filter(({ n }) => !known.has(n))]
      this.next.value = page.next
    } catch (error) {
      this.complaint.value = message(error)
    }
  }

  /** A document is read once; the newest few are kept, and a failure is not. */
  document(n: number): Promise<EpisodeDocument> {
    const held = this.documents.get(n) ?? api.episode(this.store.id, n)
    this.documents.delete(n)
    this.documents.set(n, held)
    held.catch(() => this.documents.delete(n))
    if (this.documents.size > KEPT) this.documents.delete(this.documents.keys().next().value!)
    return held
  }

  async record(episodes: number, seed: number | null, beside: number | null = null): Promise<void> {
    this.complaint.value = null
    this.recorded.value = null
    try {
      const { action_id } = await api.act(this.store.id, { action: 'record', episodes, seed })
      this.pending.value = [...this.pending.peek(), { actionId: action_id, episodes, seed, beside }]
      for (const event of this.store.events.list.peek()) if (event.kind === 'action_done') this.done(event)
    } catch (error) {
      this.complaint.value = message(error)
    }
  }

  private follow(events: EventMessage[]): void {
    const news = events.slice(events.findLastIndex(({ seq }) => seq <= this.seen) + 1)
    this.seen = events.at(-1)?.seq ?? this.seen
    batch(() => {
      for (const event of news) {
        if (event.kind === 'episode') this.add(event)
        else if (event.kind === 'action_done') this.done(event)
        else if (ENDED.has(event.kind)) this.drop()
      }
    })
  }

  private add(event: EventMessage): void {
    const row = { ...(event.data as unknown as EpisodeRow), wall: event.wall }
    const rows = this.rows.peek()
    if (rows.length === 0 || row.n > rows[0]!.n) this.rows.value = [row, ...rows]
  }

  private done({ data }: EventMessage): void {
    const pending = this.pending.peek().find(({ actionId }) => actionId === data.action_id)
    if (!pending) return
    this.pending.value = this.pending.peek().filter((other) => other !== pending)
    const episodes = (data.episodes as number[] | undefined) ?? []
    if (episodes.length > 0) this.recorded.value = { episodes, beside: pending.beside }
    else this.complaint.value = String(data.message ?? 'Nothing was recorded; the log of the trainer says why.')
  }

  private drop(): void {
    if (this.pending.peek().length === 0) return
    this.pending.value = []
    this.complaint.value = 'The run ended before the recording was done.'
  }
}

export const message = (error: unknown): string =>
  error instanceof ApiError ? error.error.message : error instanceof Error ? error.message : String(error)
