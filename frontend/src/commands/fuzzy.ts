/** What begins a word or follows the letter before counts most; a long gap costs a little. */
const START = 8
const NEXT = 8
const GAP = 0.1

/** How well the letters of `query` are found in order in `text`; null when they are not all there. */
export function score(query: string, text: string): number | null {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, '')
  const low = text.toLowerCase()
  let total = 0
  let at = -1
  for (const letter of wanted) {
    const next = best(low, letter, at)
    if (next < 0) return null
    total += worth(low, next, at)
    at = next
  }
  return total - 0.01 * text.length
}

/** The letter where it follows on, else at the start of a word, else wherever it comes first. */
function best(text: string, letter: string, after: number): number {
  if (text[after + 1] === letter) return after + 1
  for (let i = text.indexOf(letter, after + 1); i >= 0; i = text.indexOf(letter, i + 1)) {
    if (startsWord(text, i)) return i
  }
  return text.indexOf(letter, after + 1)
}

const startsWord = (text: string, at: number) => at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]!)

function worth(text: string, at: number, before: number): number {
  const place = startsWord(text, at) ? START : at === before + 1 ? NEXT : 0
  return 1 + place - GAP * Math.min(20, at - before - 1)
}

/** The items that match, the best first; all of them in their order when nothing is asked for. */
export function matches<T>(query: string, items: T[], textOf: (item: T) => string): T[] {
  if (query.trim() === '') return items
  return items
    .map((item) => ({ item, value: score(query, textOf(item)) }))
    .filter((found): found is { item: T; value: number } => found.value !== null)
    .sort((a, b) => b.value - a.value)
    .map(({ item }) => item)
}
