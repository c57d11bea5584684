import { extent, type Range, steady } from '../paint/ranges'
import type { Curve } from './curve'
import { decadesIn, ticksIn } from './ticks'
import type { ChartInput } from './types'

/** The remembered range of a chart under the present window. */
const key = (input: ChartInput) => `y ${input.axis} ${input.calm} ${input.range?.join() ?? ''}`

/** The range that shows these values, in decades on a logarithmic axis; it grows in steps and does not jump. */
export function verticalRange(values: Iterable<number>, input: ChartInput): Range {
  const [low, high] = extent(values)
  if (input.log) return decades(low, high)
  const room = 0.04 * (high - low)
  const range = steady(input.memory.get(key(input)), low >= 0 ? Math.max(0, low - room) : low - room, high + room)
  input.memory.set(key(input), range)
  return range
}

function decades(low: number, high: number): Range {
  const logs: Range = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)]
  return Number.isFinite(logs[0]) ? [logs[0], Math.max(logs[1], logs[0] + 1)] : [-1, 1]
}

/** All drawn values; in a calm chart the raw ones only from the 2nd to the 98th of a hundred. */
export function* drawnValues(curves: Curve[], input: ChartInput): Generator<number> {
  for (const { raw, smooth } of curves) {
    yield* input.calm ? inner(raw.y) : raw.y
    if (smooth) yield* smooth.y
  }
}

const TAIL = 0.02

function inner(values: number[]): number[] {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b)
  const cut = Math.floor(TAIL * finite.length)
  return finite.slice(cut, finite.length - cut)
}

/** How many of the drawn raw values a calm range leaves out. */
export function beyond(curves: Curve[], [low, high]: Range, input: ChartInput): number {
  if (!input.calm) return 0
  const [from, to] = input.log ? [10 ** low, 10 ** high] : [low, high]
  return curves.reduce((sum, { raw }) => sum + raw.y.filter((y) => y < from || y > to).length, 0)
}

export const verticalLook = (y: Range, input: ChartInput) => ({
  range: y,
  ticks: input.log ? decadesIn(y) : ticksIn(y, 4),
  log: input.log,
  fixed: true,
  grid: true,
})
