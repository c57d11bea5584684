import { batch, effect, type Signal, signal } from '@preact/signals'
import type { Range } from '../paint/ranges'
import { ApiError, api } from '../wire/api'
import { live, type Sink } from '../wire/socket'
import type { EventMessage, FrameMessage, Run } from '../wire/types'
import type { AxisMap } from './axis'
import type { Entry } from './book'
import { ControlsStore } from './controls'
import type { Histograms } from './distributions'
import { EventLog } from './events'
import { readEvents, readPlaces } from './history'
import { Readings } from './readings'
import { RunRecord } from './record'
import { isTerminal } from './runs'
import { axis } from './view'

export type Status = 'loading' | 'ready' | 'missing' | 'deleted' | 'error'

/** Messages per second asked for: as many as are painted. */
const MAX_HZ = 10
/** A series that every row of every run has, whatever its algorithm and environment. */
const EVERY_ROW = 'time/steps_per_second'

/** What a page shows of a run from the start, and how much of the stream it listens to. */
export interface Needs {
  series: string[]
  distributions: string[]
  /** Every scalar arrives, not only the series that charts have asked for. */
  everything: boolean
  maxHz?: number
}

/** Everything that the desk knows about one run; `dispose` lets go of all of it. */
export class RunStore {
  readonly status = signal<Status>('loading')
  readonly error = signal('')
  private readonly record = new RunRecord()
  readonly run = this.record.run
  readonly counters = this.record.counters
  /** When the last message about this run came, in ms of `performance.now()`. */
  readonly heard = signal(performance.now())
  readonly thinned = signal(0)
  readonly events = new EventLog()
  readonly controls: ControlsStore
  readonly places: AxisMap
  private readonly readings: Readings
  private readonly endings: (() => void)[] = []
  private unsubscribe: () => void = () => {}
  private reloading: Promise<void> | null = null
  private disposed = false

  constructor(
    readonly id: string,
    private readonly needs: Needs,
  ) {
    this.controls = new ControlsStore((values, version, editId) => api.edit(id, values, version, editId))
    this.readings = new Readings(id, axis.peek())
    this.places = this.readings.places
    this.endings.push(effect(() => this.readings.follow(axis.value)))
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

  /** A series of the whole run, whatever the charts look at. */
  whole(name: string): Entry | undefined {
    return this.readings.main.get(name)
  }

  /** The newest value of a scalar, as a signal for text. */
  latest(name: string): Signal<number | null> {
    return this.readings.newest.of(name)
  }

  /** A series of the whole run, or of a stretch of the axis once that is read. */
  series(name: string, range: Range | null = null): Entry | undefined {
    return this.readings.series(name, range)
  }

  histograms(name: string, range: Range | null = null): Histograms | undefined {
    return this.readings.histograms(name, range)
  }

  need(names: string[], distributions: string[], range: Range | null = null): void {
    if (this.status.peek() !== 'ready') return
    this.readings.need(names, distributions, range)
    live.want(this.id, this.wanted())
  }

  private async readHistory(): Promise<number> {
    const run = this.run.peek()!
    if (run.head === 0) return this.beginEmpty()
    const seeded = this.needs.everything ? this.seedPlaces() : undefined
    const [head] = await Promise.all([this.readings.main.load(this.needs.series), seeded])
    this.readings.distributions.need(this.needs.distributions)
    await readEvents(this.id, run.epoch, this.events)
    // Four more requests a run: one of many needs them only where it has edits to place.
    const edited = this.events.list.peek().some(({ kind }) => kind === 'control_changed')
    if (!seeded && edited) await this.seedPlaces()
    return head
  }

  /** Everything is still to come: listening from the start is the whole history. */
  private beginEmpty(): number {
    this.readings.main.begin(this.needs.series)
    this.readings.distributions.begin(this.needs.distributions)
    return 0
  }

  private async seedPlaces(): Promise<void> {
    const places = await readPlaces(this.id, EVERY_ROW)
    this.places.seed(places)
    this.record.trained(places.wall.at(-1) ?? 0)
  }

  /** What the stream is asked for now. */
  private wanted() {
    const metrics = this.needs.everything ? ('*' as const) : this.readings.main.names
    return { metrics, distributions: this.readings.distributions.names }
  }

  private listen(seq: number): void {
    const run = this.run.peek()!
    if (!this.needs.everything && isTerminal(run)) return
    const { epoch } = run
    const wanted = { ...this.wanted(), after: { epoch, seq }, max_hz: this.needs.maxHz ?? MAX_HZ }
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
      this.status.value = 'deleted'
    },
    reload: () => this.restart(),
  }

  private frame(frame: FrameMessage): void {
    if (isCatchingUp(frame)) this.refreshSoon()
    this.readings.append(frame)
    batch(() => {
      this.heard.value = performance.now()
      this.record.rows(frame.rows)
      this.readings.newest.frame(frame)
    })
  }

  private event(event: EventMessage): void {
    batch(() => {
      this.heard.value = performance.now()
      this.events.add(event)
      this.controls.event(event)
      this.record.event(event)
    })
  }

  private accept(run: Run): void {
    batch(() => {
      this.record.accept(run)
      this.controls.fromRun(run)
    })
  }

  /** Rows that the server left out for a slow viewer are read back, at most every two seconds. */
  private refreshSoon(): void {
    this.reloading ??= new Promise<void>((resolve) => setTimeout(resolve, 2000)).then(async () => {
      this.reloading = null
      if (!this.disposed) await this.readings.reload()
    })
  }

  /** The stream cannot go on from here, or the run is in another epoch: nothing held is trusted. */
  private restart(): void {
    this.unsubscribe()
    this.events.clear()
    this.readings.forget()
    if (!this.disposed) void this.open()
  }
}

/** A frame that spans this much training time was merged on the way, and carries one histogram for many. */
const MERGED_S = 0.5

function isCatchingUp({ rows }: FrameMessage): boolean {
  return rows.wall.length > 1 && rows.wall.at(-1)! - rows.wall[0]! > MERGED_S
}
