import { batch, effect, type Signal, signal } from '@preact/signals'
import { ApiError, api } from '../wire/api'
import { decode } from '../wire/numbers'
import { live, type Sink } from '../wire/socket'
import type { Axis, EventMessage, FrameMessage, Run, RunState, SeriesReply } from '../wire/types'
import { AXES, AxisMap } from './axis'
import { type Entry, SeriesBook } from './book'
import { metricOf } from './catalog'
import { ControlsStore } from './controls'
import { DistributionBook } from './distributions'
import { EventLog } from './events'
import { axis, range } from './view'

export type Status = 'loading' | 'ready' | 'missing' | 'error'

const STATE_AFTER: Record<string, RunState> = {
  started: 'running',
  paused: 'paused',
  resumed: 'running',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
}

/** Messages per second asked for: as many as are painted. */
const MAX_HZ = 10

/** Everything that the desk knows about one run; `dispose` lets go of all of it. */
export class RunStore {
  readonly status = signal<Status>('loading')
  readonly error = signal('')
  readonly run = signal<Run | null>(null)
  readonly counters = signal({ update: 0, env_steps: 0, episodes: 0, wall: 0 })
  /** When the last message about this run came, in ms of `performance.now()`. */
  readonly heard = signal(performance.now())
  readonly thinned = signal(0)
  readonly events = new EventLog()
  readonly controls: ControlsStore
  readonly distributions: DistributionBook
  readonly places = new AxisMap()
  main: SeriesBook
  zoom: SeriesBook | null = null
  private readonly latestValues = new Map<string, Signal<number | null>>()
  private readonly endings: (() => void)[] = []
  private unsubscribe: () => void = () => {}
  private reloading: Promise<void> | null = null
  private disposed = false

  constructor(
    readonly id: string,
    private readonly needs: string[],
    private readonly distributionNeeds: string[],
  ) {
    this.controls = new ControlsStore((values, version, editId) => api.edit(id, values, version, editId))
    this.distributions = new DistributionBook(
      (name, window) => api.distributions(id, name, window),
      (name) => (metricOf(name, 'distribution')?.edges as number[] | undefined) ?? [],
    )
    this.main = this.book(axis.peek(), null)
    this.endings.push(effect(() => this.followAxis(axis.value)))
    this.endings.push(effect(() => this.followRange(range.value)))
  }

  /** Read the history, then listen from exactly where it ends. */
  async open(): Promise<void> {
    try {
      this.accept(await api.run(this.id))
      const seq = await this.readHistory()
      if (this.disposed) return
      this.status.value = 'ready'
      this.listen(seq)
    } catch (error) {
      this.error.value = error instanceof Error ? error.message : String(error)
      this.status.value = error instanceof ApiError && error.status === 404 ? 'missing' : 'error'
    }
  }

  dispose(): void {
    this.disposed = true
    this.unsubscribe()
    for (const end of this.endings) end()
  }

  /** The newest value of a scalar, as a signal for text. */
  latest(name: string): Signal<number | null> {
    let value = this.latestValues.get(name)
    if (!value) {
      value = signal<number | null>(null)
      this.latestValues.set(name, value)
    }
    return value
  }

  /** The series as the screen shows it: the zoomed window once it is here. */
  series(name: string): Entry | undefined {
    const zoomed = this.zoom?.get(name)
    return zoomed?.state === 'ready' ? zoomed : this.main.get(name)
  }

  need(names: string[], distributions: string[]): void {
    if (this.status.peek() !== 'ready') return
    this.main.need(names)
    this.zoom?.need(names)
    const before = this.distributions.names.length
    this.distributions.need(distributions)
    if (this.distributions.names.length !== before) live.want(this.id, this.distributions.names)
  }

  private book(x: Axis, window: [number, number] | null): SeriesBook {
    const read = async (names: string[], on: Axis, asked: object) => {
      const reply = await api.series(this.id, names, on, asked)
      if (!window) this.noteLatest(reply)
      return reply
    }
    return new SeriesBook(read, x, window && { from: window[0], to: window[1] })
  }

  private async readHistory(): Promise<number> {
    const run = this.run.peek()!
    if (run.head === 0) return this.beginEmpty()
    const [head] = await Promise.all([this.main.load(this.needs), this.seedPlaces()])
    this.distributions.need(this.distributionNeeds)
    await this.readEvents(run.epoch)
    return head
  }

  /** Everything is still to come: listening from the start is the whole history. */
  private beginEmpty(): number {
    this.main.begin(this.needs)
    this.distributions.begin(this.distributionNeeds)
    return 0
  }

  private async readEvents(epoch: number): Promise<void> {
    let after: number | null = 0
    while (after !== null) {
      const page: { events: EventMessage[]; next: number | null } = await api.events(this.id, epoch, after)
      for (const event of page.events) this.events.add(event)
      after = page.events.length > 0 && page.next !== null && page.next > after ? page.next : null
    }
  }

  /** Rows have the same rank on every axis, so one series read on each gives the map between them. */
  private async seedPlaces(): Promise<void> {
    const probe = this.needs.find((name) => !name.startsWith('episode/'))
    if (!probe) return
    const replies = await Promise.all(AXES.map(({ id }) => api.series(this.id, [probe], id, { points: 2000 })))
    const columns = replies.map((reply) => reply.series[probe]?.x1 ?? [])
    const length = Math.min(...columns.map((column) => column.length))
    const [update, env_steps, episodes, wall] = columns.map((column) => column.slice(0, length))
    this.places.seed({ update: update!, env_steps: env_steps!, episodes: episodes!, wall: wall! })
    this.counters.value = { ...this.counters.peek(), wall: Math.max(this.counters.peek().wall, wall!.at(-1) ?? 0) }
  }

  private listen(seq: number): void {
    const { epoch } = this.run.peek()!
    const wanted = {
      after: { epoch, seq },
      metrics: '*' as const,
      distributions: this.distributions.names,
      max_hz: MAX_HZ,
    }
    this.unsubscribe = live.subscribe(this.id, wanted, this.sink)
  }

  private readonly sink: Sink = {
    frame: (frame) => this.frame(frame),
    event: (event) => this.event(event),
    skip: ({ from, to }) => {
      this.thinned.value += to - from + 1
      this.refreshSoon()
    },
    run: (run) => this.accept(run),
    gone: () => {
      this.status.value = 'missing'
    },
    reload: () => this.restart(),
  }

  private frame(frame: FrameMessage): void {
    if (isCatchingUp(frame)) this.refreshSoon()
    this.main.append(frame)
    this.zoom?.append(frame)
    this.places.append(frame.rows)
    this.distributions.append(frame.distributions)
    const { update, env_steps, episodes, wall } = frame.rows
    batch(() => {
      this.heard.value = performance.now()
      this.counters.value = {
        update: update.at(-1)!,
        env_steps: env_steps.at(-1)!,
        episodes: episodes.at(-1)!,
        wall: wall.at(-1)!,
      }
      for (const [name, column] of Object.entries(frame.scalars)) this.note(name, decode(column.last.at(-1)))
      const ended = frame.ended.at(-1)
      if (ended) this.note('episode/return', decode(ended.return))
    })
  }

  private event(event: EventMessage): void {
    batch(() => {
      this.heard.value = performance.now()
      this.events.add(event)
      this.controls.event(event)
      const state = STATE_AFTER[event.kind]
      const run = this.run.peek()
      if (!state || !run) return
      const reason = state === 'failed' ? String(event.data.reason ?? run.reason ?? '') : run.reason
      this.run.value = { ...run, state, reason }
    })
  }

  private accept(run: Run): void {
    batch(() => {
      const { update, env_steps, episodes } = this.counters.peek()
      if (run.update > update) this.counters.value = { ...this.counters.peek(), update: run.update }
      if (run.env_steps > env_steps) this.counters.value = { ...this.counters.peek(), env_steps: run.env_steps }
      if (run.episodes > episodes) this.counters.value = { ...this.counters.peek(), episodes: run.episodes }
      const known = this.run.peek()
      if (!known || run.version >= known.version) this.run.value = run
      this.controls.fromRun(run)
    })
  }

  private note(name: string, value: number | null): void {
    if (value !== null) this.latest(name).value = value
  }

  private noteLatest(reply: SeriesReply): void {
    batch(() => {
      for (const [name, columns] of Object.entries(reply.series)) {
        if (this.latest(name).peek() === null) this.note(name, decode(columns.last.at(-1)))
      }
    })
  }

  /** Rows that the server left out for a slow viewer are read back, at most every two seconds. */
  private refreshSoon(): void {
    this.reloading ??= new Promise<void>((resolve) => setTimeout(resolve, 2000)).then(async () => {
      this.reloading = null
      if (!this.disposed)
        await Promise.allSettled([this.main.reload(), this.zoom?.reload(), this.distributions.reload()])
    })
  }

  /** The stream cannot go on from here, or the run is in another epoch: nothing held is trusted. */
  private restart(): void {
    this.unsubscribe()
    this.events.clear()
    this.distributions.clear()
    this.main = this.book(axis.peek(), null)
    this.followRange(range.peek())
    if (!this.disposed) void this.open()
  }

  private followAxis(next: Axis): void {
    if (this.main.axis !== next) this.main = this.book(next, null)
  }

  private followRange(window: [number, number] | null): void {
    this.zoom = window && this.book(axis.peek(), window)
  }
}

/** A frame that spans this much training time was merged on the way, and carries one histogram for many. */
const MERGED_S = 0.5

function isCatchingUp({ rows }: FrameMessage): boolean {
  return rows.wall.length > 1 && rows.wall.at(-1)! - rows.wall[0]! > MERGED_S
}
