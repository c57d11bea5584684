export const MOST_SEEDS = 50

export type Seeds = { seeds: number[] } | { error: string }

/** Seeds as a person writes them: `3`, `0-4`, `1, 5, 9`, each taken once and in the order given. */
export function parseSeeds(text: string): Seeds {
  const parts = text
    .replace(/^\s*seeds?\s*:/i, '')
    .replace(/\s*[-–]\s*/g, '-')
    .split(/[\s,;]+/)
    .filter(Boolean)
  if (parts.length === 0) return { error: 'No seed is given; write one, as 0, or several, as 0-4 or 1, 5, 9.' }
  const found = new Set<number>()
  for (const part of parts) {
    const range = parsePart(part)
    if ('error' in range) return range
    for (const seed of range.seeds) found.add(seed)
  }
  return found.size > MOST_SEEDS ? { error: tooMany(found.size) } : { seeds: [...found] }
}

function parsePart(part: string): Seeds {
  const match = /^(\d+)(?:-(\d+))?$/.exec(part)
  if (!match) return { error: `“${part}” is no seed; write whole numbers from 0, as 0-4 or 1, 5, 9.` }
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last))
    return { error: `“${part}” is too large; seeds go up to ${Number.MAX_SAFE_INTEGER}.` }
  if (last < first) return { error: `“${part}” runs backwards; write ${last}-${first}.` }
  // Counted before it is built: a slip such as 0-999999999 must not fill the memory.
  if (last - first >= MOST_SEEDS) return { error: tooMany(last - first + 1) }
  return { seeds: Array.from({ length: last - first + 1 }, (_, i) => first + i) }
}

const tooMany = (found: number) => `${found} seeds are given; at most ${MOST_SEEDS} start at once.`
