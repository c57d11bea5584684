import { batch, computed, signal } from '@preact/signals'
import { live } from '../wire/socket'
import type { ViewMessage, WireError } from '../wire/types'
import type { Watcher } from '../wire/watch'
import { STEPS_PER_SECOND } from './playhead'
import { Rate } from './rate'
import { pushView, Tape } from './tape'

/** Missing more steps than this, the curve begins anew. */
const LONGEST_GAP = 25

type Open = (run: string, maxFps: number, watcher: Watcher) => () => void

/** The policy of the moment as it acts: the episode so far, and how fast it comes. */
export class Watching {
  readonly state = signal<'off' | 'asking' | 'live' | 'refused'>('off')
  readonly why = signal('')
  readonly tape = signal<Tape | null>(null)
  readonly steps = computed(() => this.tape.value?.steps ?? 0)
  /** The update whose parameters act. */
  readonly update = signal<number | null>(null)
  readonly rate = new Rate()
  private close: (() => void) | null = null

  constructor(
    private readonly run: string,
    private readonly gamma: () => number,
    private readonly renderer: () => string | null,
    private readonly open: Open = (...given) => live.watch(...given),
  ) {}

  start(): void {
    if (this.close) return
    this.state.value = 'asking'
    this.close = this.open(this.run, STEPS_PER_SECOND, {
      watching: () => this.state.peek() === 'refused' && this.ask(),
      view: (view) => this.view(view),
      refused: (error) => this.refused(error),
    })
  }

  stop(): void {
    this.close?.()
    this.close = null
    this.state.value = 'off'
    this.rate.clear()
  }

  retry(): void {
    this.stop()
    this.start()
  }

  private ask(): void {
    this.state.value = 'asking'
  }

  private refused(error: WireError): void {
    this.why.value = error.message
    this.state.value = 'refused'
  }

  private view(view: ViewMessage): void {
    batch(() => {
      const tape = this.tapeFor(view)
      pushView(tape, view, this.gamma())
      this.tape.value = tape
      this.update.value = view.update
      this.state.value = 'live'
    })
  }

  private tapeFor(view: ViewMessage): Tape {
    const tape = this.tape.peek()
    const missed = tape ? view.t - (tape.at.at(-1) ?? -1) - 1 : 0
    if (tape && tape.episode === view.episode && missed >= 0 && missed <= LONGEST_GAP) return tape
    const fresh = new Tape(view.episode, view.update)
    if (view.state) fresh.renderer = this.renderer()
    else if (!view.image) fresh.blank = 'This environment cannot be drawn here.'
    return fresh
  }
}
