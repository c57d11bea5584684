/** Colours of runs: eight that stay apart for every kind of colour vision, and dashes where more are compared. */

export const RUN_COLOURS = 8
export const DASHES = ['solid', 'dash', 'dot', 'dashdot'] as const

/** How a run is drawn: the number of its colour, `--run-N` in the style sheet, and its dash. */
export interface Look {
  colour: number
  dash: (typeof DASHES)[number]
}

/** FNV-1a: the same colour for the same run in every browser. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  // The low bits alone tell ids that differ in one place badly apart.
  return (value ^ (value >>> 15)) >>> 0
}

const colourOf = (run: string) => hash(run) % RUN_COLOURS

/** The look of a run by itself, from its id alone. */
export const lookOf = (run: string): Look => ({ colour: colourOf(run), dash: 'solid' })

/**
 * The looks of runs that are seen together, no two alike up to 32: in the order of their ids each takes its own colour
 * or, where that is taken, the next free one; every eight runs the dash changes.
 */
export function looksOf(runs: string[]): ReadonlyMap<string, Look> {
  const looks = new Map<string, Look>()
  let taken = new Set<number>()
  for (const run of runs.toSorted()) {
    if (taken.size === RUN_COLOURS) taken = new Set()
    let colour = colourOf(run)
    while (taken.has(colour)) colour = (colour + 1) % RUN_COLOURS
    taken.add(colour)
    looks.set(run, { colour, dash: DASHES[Math.floor(looks.size / RUN_COLOURS) % DASHES.length]! })
  }
  return looks
}
