import { signal } from '@preact/signals'
import { decodeOrNaN } from '../wire/numbers'
import type { EpisodeDocument, ViewMessage, WireAction, WireNumber } from '../wire/types'

/** What was done at a step: the index of a discrete action, or the components of a continuous one. */
export type Action = number | number[]

/** Live pictures that are kept to look back at; older ones only leave their numbers. */
const KEPT_IMAGES = 250

/**
 * One episode step by step, recorded or growing while it is watched. Not measured is NaN. Picture t shows the state
 * in which step t acts, so a finished recording has one picture more than steps.
 */
export class Tape {
  /** Number of each step in its episode; watching may begin in the middle, and miss some. */
  readonly at: number[] = []
  readonly reward: number[] = []
  /** Sum of the rewards up to and with this step. */
  readonly returns: number[] = []
  readonly value: number[] = []
  readonly advantage: number[] = []
  readonly logProb: number[] = []
  readonly actions: (Action | null)[] = []
  readonly probs: number[][] = []
  readonly mean: number[][] = []
  readonly std: number[][] = []
  states: number[][] = []
  images: (string | null)[] = []
  renderer: string | null = null
  /** Only every so many steps there is a new picture, where drawing is slow. */
  drawnEvery = 1
  /** Why there is no picture. */
  blank: string | null = null
  /** How it ended; null while it goes on. */
  ending: 'terminated' | 'truncated' | 'ended' | null = null

  private readonly size = signal(0)

  constructor(
    readonly episode: number,
    readonly update: number,
  ) {}

  /** Number of steps; whoever reads it in a computed value or an effect follows a tape that grows. */
  get steps(): number {
    return this.size.value
  }

  get pictures(): number {
    return Math.max(this.states.length, this.images.length, this.steps)
  }

  /** Place of a picture on the axis of steps, counted from the first one that was seen. */
  x(t: number): number {
    if (this.steps === 0) return 0
    return t < this.steps ? this.at[t]! - this.at[0]! : this.at[this.steps - 1]! - this.at[0]! + t - this.steps + 1
  }

  /** The picture at a place on that axis, or the last one before it. */
  nearest(x: number): number {
    let t = Math.min(this.pictures - 1, Math.round(x))
    while (t > 0 && this.x(t) > x) t -= 1
    return Math.max(0, t)
  }

  /** Add what is known of one step; its advantage may follow later. */
  push(step: Step): void {
    this.at.push(step.at)
    this.returns.push(step.returned)
    this.reward.push(step.reward)
    this.value.push(step.value)
    this.advantage.push(step.advantage)
    this.logProb.push(step.logProb)
    this.actions.push(step.action)
    if (step.probs.length) this.probs.push(step.probs)
    if (step.mean.length) this.mean.push(step.mean)
    if (step.std.length) this.std.push(step.std)
    this.size.value = this.reward.length
  }
}

export interface Step {
  at: number
  reward: number
  returned: number
  value: number
  advantage: number
  logProb: number
  action: Action | null
  probs: number[]
  mean: number[]
  std: number[]
}

const numbers = (values: WireNumber[] | null | undefined): number[] => (values ?? []).map(decodeOrNaN)
const actionOf = (action: WireAction): Action | null => (Array.isArray(action) ? numbers(action) : action)

/** A recorded episode as it came from the server. */
export function tapeOf(document: EpisodeDocument): Tape {
  const tape = new Tape(document.n, document.update)
  const { steps, view } = document
  let returned = 0
  numbers(steps.reward).forEach((reward, t) => {
    returned += reward
    tape.push({
      at: t,
      reward,
      returned,
      value: decodeOrNaN(steps.value[t]),
      advantage: decodeOrNaN(steps.advantage[t]),
      logProb: decodeOrNaN(steps.log_prob[t]),
      action: actionOf(steps.action[t]!),
      probs: numbers(steps.action_probs[t]),
      mean: numbers(steps.action_mean?.[t]),
      std: numbers(steps.action_std?.[t]),
    })
  })
  if (view.kind === 'state') {
    tape.renderer = view.renderer
    tape.states = view.states.map(numbers)
  } else if (view.kind === 'images') {
    tape.images = view.urls
    tape.drawnEvery = view.every
  } else tape.blank = view.reason
  tape.ending = document.terminated ? 'terminated' : document.truncated ? 'truncated' : 'ended'
  return tape
}

/** Add a watched step. One step's advantage, r + γ V' − V, is known when the next state's value is. */
export function pushView(tape: Tape, view: ViewMessage, gamma: number): void {
  const value = decodeOrNaN(view.value)
  const before = tape.reward.length - 1
  if (tape.at[before] === view.t - 1)
    tape.advantage[before] = tape.reward[before]! + gamma * value - tape.value[before]!
  if (view.state) tape.states.push(numbers(view.state))
  if (view.image) {
    tape.images.push(view.image)
    const old = tape.images.length - 1 - KEPT_IMAGES
    if (old >= 0) tape.images[old] = null
  }
  if (view.done) tape.ending = 'ended'
  tape.push({
    at: view.t,
    reward: decodeOrNaN(view.reward),
    returned: decodeOrNaN(view.return),
    value,
    advantage: Number.NaN,
    logProb: Number.NaN,
    action: actionOf(view.action),
    probs: numbers(view.action_probs),
    mean: numbers(view.action_mean),
    std: numbers(view.action_std),
  })
}
