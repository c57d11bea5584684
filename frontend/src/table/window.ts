export const ROW_HEIGHT = 44
/** Rows drawn beyond either edge, so that a quick wheel meets rows instead of paper. */
const MARGIN = 10

export interface Span {
  first: number
  /** One beyond the last. */
  last: number
}

/** The rows to draw of `count`, when `top` pixels are scrolled away and `height` are seen. */
export function spanOf(top: number, height: number, count: number): Span {
  const seen = Math.ceil(Math.max(0, height) / ROW_HEIGHT)
  const start = Math.min(Math.max(0, Math.floor(top / ROW_HEIGHT)), Math.max(0, count - seen))
  return { first: Math.max(0, start - MARGIN), last: Math.min(count, start + seen + MARGIN) }
}

/** How far to scroll so that a row is wholly seen below the head; null when it is already. */
export function scrollFor(row: number, top: number, height: number): number | null {
  const from = row * ROW_HEIGHT
  if (from < top) return from
  return from + ROW_HEIGHT > top + height ? from + ROW_HEIGHT - height : null
}
