import { type Range, stepUp } from '../paint/ranges'
import { decadesIn, ticksIn } from './ticks'
import type { ChartInput } from './types'

/** A horizontal axis: the range that it shows in its own units, and whether equal distances are equal factors. */
export interface Scale {
  range: Range
  log: boolean
}

/** The whole run up to a round number, or the zoomed window. A logarithmic axis begins with the first update. */
export function timeScale(input: ChartInput): Scale {
  const [from, to] = input.range ?? [0, stepUp(input.now)]
  const first = input.place(1) > 0 ? input.place(1) : to / 1e6
  return { range: input.logTime && from <= 0 ? [Math.min(first, to / 2), to] : [from, to], log: input.logTime }
}

/** How far along the axis `x` lies, 0 to 1. */
export function shareOf(x: number, { range: [from, to], log }: Scale): number {
  return log ? Math.log(x / from) / Math.log(to / from) : (x - from) / (to - from)
}

/** The position at `share` of the axis. */
export function atShare(share: number, { range: [from, to], log }: Scale): number {
  return log ? from * (to / from) ** share : from + share * (to - from)
}

/** As Plotly wants it: decades on a logarithmic axis. */
export const plotted = ({ range, log }: Scale): Range => (log ? (range.map(Math.log10) as Range) : range)

/** How a time axis looks. */
export function timeLook(scale: Scale, fixed = false) {
  const decades = scale.log ? decadesIn(plotted(scale)) : []
  return { range: plotted(scale), ticks: decades.length > 1 ? decades : ticksIn(scale.range, 4), log: scale.log, fixed }
}

/** The stretch after turning the wheel over `x`: by `factor`, with `x` staying where it is. */
export function zoomed(scale: Scale, x: number, factor: number): Range {
  const at = shareOf(x, scale)
  return [atShare(at * (1 - factor), scale), atShare(at + (1 - at) * factor, scale)]
}
