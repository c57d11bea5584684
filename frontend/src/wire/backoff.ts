/** Full-jitter backoff: a random wait below a ceiling that doubles from `base` to `cap` (ms). */
export function backoff(attempt: number, random: () => number, base = 500, cap = 10_000): number {
  return random() * Math.min(cap, base * 2 ** attempt)
}
