import { integer, short } from '../paint/format'
import type { Tape } from './tape'

/** One curve under the picture. */
export interface Strip {
  id: string
  title: string
  unit: string
  /** Name of the quantity's colour. */
  colour: string
  kind: 'line' | 'stack' | 'band'
  /** The number of a step; the middle of a band. */
  at(tape: Tape, t: number): number
  /** Half the width of a band. */
  spread?(tape: Tape, t: number): number
  /** What the head says of a step. */
  says(tape: Tape, t: number): string
}

type Column = 'value' | 'advantage' | 'reward' | 'logProb'

const line = (id: Column, title: string, unit: string, colour: string): Strip => ({
  id,
  title,
  unit,
  colour,
  kind: 'line',
  at: (tape, t) => tape[id][t] ?? Number.NaN,
  says: (tape, t) => said(tape[id][t]),
})

/** A number of a step; whole ones, as most rewards are, without digits that say nothing. */
export function said(value: number | null | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '–'
  return Number.isInteger(value) ? integer(value) : short(value)
}

const VALUE = line('value', 'V(s)', 'reward', 'green')
const ADVANTAGE = line('advantage', 'Â', 'reward', 'violet')
const REWARD = line('reward', 'r', 'reward', 'orange')
const LOG_PROB = line('logProb', 'log π(a|s)', 'nat', 'teal')

const probabilities = (names: string[]): Strip => ({
  id: 'probs',
  title: 'π(·|s)',
  unit: '',
  colour: 'blue',
  kind: 'stack',
  at: (tape, t) => tape.probs[t]?.[Number(tape.actions[t])] ?? Number.NaN,
  says: (tape, t) => {
    const action = tape.actions[t]
    return action === undefined ? '–' : `${names[Number(action)] ?? action} ${said(tape.probs[t]?.[Number(action)])}`
  },
})

const component = (name: string, k: number): Strip => ({
  id: `action_${k}`,
  title: `${name}: μ ± σ`,
  unit: '',
  colour: 'blue',
  kind: 'band',
  at: (tape, t) => tape.mean[t]?.[k] ?? Number.NaN,
  spread: (tape, t) => tape.std[t]?.[k] ?? Number.NaN,
  says: (tape, t) => (t < tape.mean.length ? `${said(tape.mean[t]![k])} ± ${said(tape.std[t]?.[k])}` : '–'),
})

/** The strips that this tape has numbers for. An advantage that is not there yet comes with the next step's value. */
export function stripsOf(tape: Tape, names: string[]): Strip[] {
  if (tape.steps === 0) return []
  const has = (strip: Strip) => !Number.isNaN(strip.at(tape, 0))
  const policy = tape.mean.length
    ? tape.mean[0]!.map((_, k) => component(names[k] ?? `a${k + 1}`, k))
    : tape.probs.length
      ? [probabilities(names)]
      : []
  const critic = [...(has(VALUE) ? [VALUE] : []), ...(has(VALUE) || has(ADVANTAGE) ? [ADVANTAGE] : [])]
  return [...policy, ...critic, REWARD, ...(has(LOG_PROB) ? [LOG_PROB] : [])]
}
