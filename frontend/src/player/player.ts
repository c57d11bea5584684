import { batch, computed, effect, signal } from '@preact/signals'
import { isLive } from '../store/actions'
import { environmentOf } from '../store/catalog'
import type { RunStore } from '../store/run'
import { comparedEpisode, largePlayer, shownEpisode, shownStep, watchLive } from '../store/view'
import { Playhead } from './playhead'
import { Shelf } from './shelf'
import { Side } from './side'
import type { Tape } from './tape'
import { Watching } from './watching'

export type Mode = 'live' | 'recorded' | 'empty'

/** The place in the address follows once the player has stood still this long, in ms. */
const SETTLED = 250

/** The rollout player of one desk: what it shows, where it stands, and whether it watches. */
export class Player {
  readonly head = new Playhead()
  readonly shelf: Shelf
  readonly watching: Watching
  readonly sides: readonly [Side, Side]
  /** On the screen, in a tab that is seen. */
  readonly visible = signal(false)
  /** Watching stands still at what was seen so far. */
  readonly held = signal(false)
  private readonly wasLive = signal(false)
  private readonly endings: (() => void)[]
  private autoplay = false
  private settling: ReturnType<typeof setTimeout> | undefined

  constructor(readonly store: RunStore) {
    this.shelf = new Shelf(store)
    this.watching = new Watching(
      store.id,
      () => this.gamma,
      () => this.rendererName,
    )
    this.sides = [new Side(this.shelf), new Side(this.shelf)]
    this.endings = [
      effect(() => this.followWatching()),
      effect(() => this.followEpisode(this.episode.value, this.beside.value)),
      effect(() => this.followPlace()),
      effect(() => this.followRecorded()),
      effect(() => {
        if (this.watching.state.value === 'live') this.wasLive.value = true
      }),
    ]
  }

  readonly active = computed(() => isLive(this.store.run.value?.state))
  private readonly wantsLive = computed(() => watchLive.value || this.active.value || this.wasLive.value)

  /** The recorded episode that is shown; that of an ended run is the newest unless one was chosen. */
  readonly episode = computed<number | null>(
    () => shownEpisode.value ?? (this.wantsLive.value ? null : (this.shelf.rows.value[0]?.n ?? null)),
  )

  /** The episode beside it. */
  readonly beside = computed<number | null>(() => (this.episode.value === null ? null : comparedEpisode.value))

  readonly mode = computed<Mode>(() =>
    this.episode.value !== null ? 'recorded' : this.wantsLive.value ? 'live' : 'empty',
  )

  /** Number of the picture that is shown, counted on the longer of two episodes. */
  readonly t = computed(() =>
    this.mode.value === 'live' && !this.held.value ? this.newest(this.watching.steps.value) : this.head.t.value,
  )

  readonly playing = computed(() => (this.mode.value === 'live' ? !this.held.value : this.head.playing.value))

  open(): void {
    void this.shelf.open()
  }

  dispose(): void {
    clearTimeout(this.settling)
    this.watching.stop()
    this.shelf.dispose()
    for (const end of this.endings) end()
  }

  /** Show a recorded episode, from its first step unless another is named. */
  choose(n: number, beside: number | null = null): void {
    this.autoplay = true
    batch(() => {
      this.held.value = false
      shownStep.value = 0
      shownEpisode.value = n
      comparedEpisode.value = beside
      watchLive.value = false
      if (beside !== null) largePlayer.value = true
    })
  }

  compare(n: number | null): void {
    batch(() => {
      const shown = this.episode.peek()
      if (shown !== null) shownEpisode.value = shown
      comparedEpisode.value = n
      if (n !== null) largePlayer.value = true
    })
  }

  /** Read again what could not be read. */
  reload(): void {
    this.followEpisode(this.episode.peek(), this.beside.peek())
  }

  watchNow(): void {
    batch(() => {
      this.held.value = false
      shownEpisode.value = null
      comparedEpisode.value = null
      watchLive.value = true
    })
  }

  toggle(): void {
    if (this.mode.peek() !== 'live') this.head.toggle()
    else if (this.held.peek()) this.held.value = false
    else this.hold()
  }

  seek(t: number): void {
    if (this.mode.peek() === 'live') this.hold()
    this.head.seek(t)
  }

  step(by: number): void {
    this.seek(this.t.peek() + by)
  }

  /** One step behind the last view, so that the advantage of the moment is known with it. */
  private newest(steps: number): number {
    return Math.max(0, this.watching.tape.value?.ending ? steps - 1 : steps - 2)
  }

  /** Stop watching and look at what was seen. */
  private hold(): void {
    if (this.held.peek()) return
    const [tape, t] = [this.watching.tape.peek(), this.t.peek()]
    batch(() => {
      this.held.value = true
      this.head.load(tape?.pictures ?? 0, t, false)
    })
  }

  private get gamma(): number {
    const gamma = this.store.controls.confirmed.peek().gamma
    return typeof gamma === 'number' ? gamma : Number.NaN
  }

  private get rendererName(): string | null {
    return environmentOf(this.store.run.peek()?.environment.id)?.renderer ?? null
  }

  private followWatching(): void {
    const wanted = this.mode.value === 'live' && this.visible.value && this.active.value && !this.held.value
    if (wanted) this.watching.start()
    else this.watching.stop()
  }

  private followEpisode(n: number | null, beside: number | null): void {
    const [first, second] = this.sides
    const [play, at] = [this.autoplay, shownStep.peek()]
    this.autoplay = false
    void Promise.all([first.show(n), second.show(n === null ? null : beside)]).then((came) => {
      const tapes = this.sides.map((side) => side.tape)
      const length = Math.max(...tapes.map((tape) => tape?.pictures ?? 0))
      if (came.some(Boolean)) this.head.load(length, at, play && !reducedMotion())
    })
  }

  /** Where the player stands belongs to the address, but not thirty times a second. */
  private followPlace(): void {
    const [t, playing, mode] = [this.head.t.value, this.head.playing.value, this.mode.value]
    clearTimeout(this.settling)
    if (mode !== 'recorded' || playing || this.head.length.value === 0) return
    this.settling = setTimeout(() => {
      shownStep.value = t
    }, SETTLED)
  }

  private followRecorded(): void {
    const recorded = this.shelf.recorded.value
    if (recorded?.beside !== null && recorded !== null) this.choose(recorded.beside, recorded.episodes[0]!)
  }

  tapeOf(side: 0 | 1): Tape | null {
    return this.mode.value === 'live' ? (side === 0 ? this.watching.tape.value : null) : this.sides[side].tape
  }
}

const reducedMotion = () => window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false
