/** One series point: a single value, or a bucket of consecutive ones. */
export interface Point {
  x0: number
  x1: number
  n: number
  nonfinite: number
  min: number
  max: number
  mean: number
  last: number
}

const COLUMNS = ['x0', 'x1', 'n', 'nonfinite', 'min', 'max', 'mean', 'last'] as const
const FINITE_FOLD = (a: number, b: number, fold: (a: number, b: number) => number) =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : fold(a, b)

/** A series as columns of numbers that grow; readers compare `version`, nothing is reactive. */
export class SeriesBuffer {
  length = 0
  version = 0
  x0: Float64Array
  x1: Float64Array
  n: Float64Array
  nonfinite: Float64Array
  min: Float64Array
  max: Float64Array
  mean: Float64Array
  last: Float64Array

  /** `limit`: buckets held; beyond it the older half is merged in pairs, which keeps extremes and counts. */
  constructor(
    capacity = 256,
    readonly limit = 8192,
  ) {
    const column = () => new Float64Array(capacity)
    this.x0 = column()
    this.x1 = column()
    this.n = column()
    this.nonfinite = column()
    this.min = column()
    this.max = column()
    this.mean = column()
    this.last = column()
  }

  /** One measured value; a non-finite one is counted as such and leaves a gap. */
  pushValue(x: number, value: number): void {
    const finite = Number.isFinite(value)
    const extreme = finite ? value : Number.NaN
    this.push({ x0: x, x1: x, n: 1, nonfinite: finite ? 0 : 1, min: extreme, max: extreme, mean: extreme, last: value })
  }

  push(point: Point): void {
    if (this.length === this.limit) this.compact()
    if (this.length === this.x0.length) this.grow()
    for (const column of COLUMNS) this[column][this.length] = point[column]
    this.length += 1
    this.version += 1
  }

  /** Points behind the buckets. */
  get total(): number {
    let sum = 0
    for (let i = 0; i < this.length; i++) sum += this.n[i]!
    return sum
  }

  get lastX(): number {
    return this.length ? this.x1[this.length - 1]! : Number.NaN
  }

  private grow(): void {
    const capacity = Math.min(this.limit, this.x0.length * 2)
    for (const column of COLUMNS) {
      const wider = new Float64Array(capacity)
      wider.set(this[column])
      this[column] = wider
    }
  }

  private compact(): void {
    const older = this.length >> 1
    const pairs = older >> 1
    for (let i = 0; i < pairs; i++) this.write(i, this.merged(2 * i, 2 * i + 1))
    for (const column of COLUMNS) this[column].copyWithin(pairs, pairs * 2, this.length)
    this.length -= pairs
  }

  private write(index: number, point: Point): void {
    for (const column of COLUMNS) this[column][index] = point[column]
  }

  private merged(a: number, b: number): Point {
    const finiteA = this.n[a]! - this.nonfinite[a]!
    const finiteB = this.n[b]! - this.nonfinite[b]!
    return {
      x0: this.x0[a]!,
      x1: this.x1[b]!,
      n: this.n[a]! + this.n[b]!,
      nonfinite: this.nonfinite[a]! + this.nonfinite[b]!,
      min: FINITE_FOLD(this.min[a]!, this.min[b]!, Math.min),
      max: FINITE_FOLD(this.max[a]!, this.max[b]!, Math.max),
      mean: FINITE_FOLD(this.mean[a]!, this.mean[b]!, (p, q) => (p * finiteA + q * finiteB) / (finiteA + finiteB)),
      last: this.last[b]!,
    }
  }
}
