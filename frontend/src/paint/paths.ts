import type { Range } from './ranges'

/** The plot area in pixels and the ranges it shows; a logarithmic range is given in decades. */
export interface Area {
  width: number
  height: number
  x: Range
  y: Range
  log: boolean
  logX: boolean
}

/** An SVG path through the points, broken at whatever is not finite; `closed` joins the ends of every part. */
export function pathOf(x: ArrayLike<number>, y: ArrayLike<number | null>, area: Area, closed = false): string {
  const across = area.width / (area.x[1] - area.x[0])
  const up = area.height / (area.y[1] - area.y[0])
  let path = ''
  let down = false
  for (let i = 0; i < x.length; i++) {
    const value = area.log ? Math.log10(y[i]!) : (y[i] ?? Number.NaN)
    const at = area.logX ? Math.log10(x[i]!) : x[i]!
    const left = (at - area.x[0]) * across
    const top = area.height - (value - area.y[0]) * up
    if (!Number.isFinite(left) || !Number.isFinite(top)) {
      if (closed && down) path += 'Z'
      down = false
      continue
    }
    path += `${down ? 'L' : 'M'}${left.toFixed(2)},${top.toFixed(2)}`
    down = true
  }
  return closed && down ? `${path}Z` : path
}
