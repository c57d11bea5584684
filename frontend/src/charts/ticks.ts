import { type Range, tickStep } from '../paint/ranges'

export function ticksIn([low, high]: Range, count: number): number[] {
  const step = tickStep(high - low, count)
  const out: number[] = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) out.push(i * step)
  return out
}

/** Whole decades inside a range of logarithms. */
export function decadesIn([low, high]: Range): number[] {
  const every = Math.max(1, Math.ceil((high - low) / 5))
  const out: number[] = []
  for (let e = Math.ceil(low - 1e-9); e <= high + 1e-9; e += every) out.push(10 ** e)
  return out
}
