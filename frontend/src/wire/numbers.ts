import type { WireNumber } from './types'

const SPELLED: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity }

/** The number behind a wire value; null stays null (not measured). */
export function decode(value: WireNumber | undefined): number | null {
  if (value === null || value === undefined) return null
  return typeof value === 'number' ? value : (SPELLED[value] ?? Number.NaN)
}

/** As `decode`, with NaN for "not measured", for columns where the two mean the same gap. */
export function decodeOrNaN(value: WireNumber | undefined): number {
  return decode(value) ?? Number.NaN
}
