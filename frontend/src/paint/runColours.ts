/** Colours of runs: eight that stay apart for every kind of colour vision, then the same eight dashed. */

export const RUN_COLOURS = 8
export const DASHES = ['solid', 'dash', 'dot', 'dashdot'] as const

/** How a run is drawn everywhere: the number of its colour, `--run-N` in the style sheet, and its dash. */
export interface Look {
  colour: number
  dash: (typeof DASHES)[number]
}

const KEY = 'policyscope.run-colours'
/** Runs remembered; the oldest are forgotten first. */
const LIMIT = 1000

type Slots = Record<string, number>

let slots: Slots = {}

/** Private windows may refuse storage; then the choice lasts as long as the page. */
function remembered(): Slots {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Slots
  } catch {
    return {}
  }
}

function remember(): void {
  const newest = Object.entries(slots).slice(-LIMIT)
  slots = Object.fromEntries(newest)
  try {
    localStorage.setItem(KEY, JSON.stringify(slots))
  } catch {
    return
  }
}

/**
 * The look of a run, given at first sight and kept: a run that is added or removed changes no other. Runs that are seen
 * one after the other, such as the seeds of one start, get different ones.
 */
export function lookOf(run: string): Look {
  if (!(run in slots)) {
    // Another tab may have met runs meanwhile.
    slots = { ...slots, ...remembered() }
    if (!(run in slots)) {
      slots[run] = 1 + Math.max(-1, ...Object.values(slots))
      remember()
    }
  }
  const slot = slots[run]!
  return { colour: slot % RUN_COLOURS, dash: DASHES[Math.floor(slot / RUN_COLOURS) % DASHES.length]! }
}
