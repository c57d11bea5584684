import type { SeriesBuffer } from '../store/series'

/** A line ready to draw; NaN in y breaks it. */
export interface Line {
  x: number[]
  y: number[]
}

export interface Window {
  from: number
  to: number
}

const inside = (series: SeriesBuffer, i: number, window: Window) =>
  series.x1[i]! >= window.from && series.x0[i]! <= window.to

/**
 * The raw curve in at most `columns` columns of pixels. Each column keeps first, lowest, highest and last point in the
 * order they occurred, so no extreme is lost; a non-finite point breaks the line.
 */
export function decimate(series: SeriesBuffer, window: Window, columns: number): Line {
  const line: Line = { x: [], y: [] }
  const width = Math.max((window.to - window.from) / Math.max(1, columns), Number.MIN_VALUE)
  let column = new Column()
  let current = Number.NaN
  for (let i = 0; i < series.length; i++) {
    if (!inside(series, i, window)) continue
    const at = Math.floor((series.x1[i]! - window.from) / width)
    if (at !== current) {
      column.flush(line)
      column = new Column()
      current = at
    }
    column.add(series, i)
  }
  column.flush(line)
  return line
}

class Column {
  private points: [number, number][] = []
  private low = Infinity
  private high = -Infinity
  private lowX = 0
  private highX = 0
  private first: [number, number] | null = null
  private final: [number, number] | null = null
  private gaps: number[] = []

  add(series: SeriesBuffer, i: number): void {
    const x = series.x1[i]!
    if (series.nonfinite[i]! > 0) this.gaps.push(x)
    if (Number.isNaN(series.min[i]!)) return
    if (series.min[i]! < this.low) [this.low, this.lowX] = [series.min[i]!, x]
    if (series.max[i]! > this.high) [this.high, this.highX] = [series.max[i]!, x]
    this.first ??= [x, series.n[i] === 1 ? series.last[i]! : series.mean[i]!]
    this.final = [x, Number.isFinite(series.last[i]!) ? series.last[i]! : series.mean[i]!]
  }

  flush(line: Line): void {
    if (this.first && this.final) {
      const extremes: [number, number][] = [
        [this.lowX, this.low],
        [this.highX, this.high],
      ]
      if (this.highX < this.lowX) extremes.reverse()
      this.points = [this.first, ...extremes, this.final]
    }
    let previous: [number, number] | null = null
    for (const point of this.points) {
      if (previous && previous[0] === point[0] && previous[1] === point[1]) continue
      line.x.push(point[0])
      line.y.push(point[1])
      previous = point
    }
    if (this.gaps.length > 0) {
      line.x.push(this.gaps.at(-1)!)
      line.y.push(Number.NaN)
    }
  }
}

/** At most `count` points of a smooth line, evenly by index, with the last one; gaps stay. */
export function thinned(line: Line, count: number): Line {
  const step = Math.ceil(line.x.length / count)
  if (step <= 1) return line
  const keep = (_: number, i: number) => i % step === 0 || i === line.x.length - 1 || Number.isNaN(line.y[i]!)
  return { x: line.x.filter(keep), y: line.y.filter((_, i) => keep(0, i)) }
}
