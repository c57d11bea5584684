import { describe, expect, it } from 'vitest'
import { input } from '../testing/fixtures'
import { heatFigure, shades } from './heat'
import { bars, core, median, occupied, spread, strips } from './histogram'

/** Bins that widen away from zero, as the symmetric-logarithmic grid has them. */
const EDGES = [-10, -1, -0.1, 0.1, 1, 10]
const row = (counts: number[], n = counts.reduce((a, b) => a + b)) => ({ n, counts: Float64Array.from(counts) })
const whole = strips(EDGES, [1, 5], 0)

describe('histograms on bins of unequal width', () => {
  it('have the heights that numpy.histogram(..., density=True) gives', () => {
    // np.histogram([-5, -0.5, -0.5, 0, 0, 0.5, 0.5, 5], EDGES, density=True)
    const heights = bars(whole, row([0, 1, 2, 2, 2, 1, 0])).map(({ density }) => density)
    const wanted = [0.013888888888888888, 0.2777777777777778, 1.25, 0.2777777777777778, 0.013888888888888888]
    heights.forEach((height, i) => {
      expect(height).toBeCloseTo(wanted[i]!, 12)
    })
  })

  it('are flat for samples that are spread evenly, however wide the bins', () => {
    const even = bars(whole, row([0, 900, 90, 20, 90, 900, 0]))
    for (const { density } of even) expect(density).toBeCloseTo(0.05, 12)
  })

  it('keep area and samples when neighbours are joined, and do not cross a border', () => {
    const drawn = bars(strips(EDGES, [1, 5], 2, [0.1]), row([0, 1, 2, 2, 2, 1, 0]))
    expect(drawn.map(({ low, high, count }) => [low, high, count])).toEqual([
      [-10, -1, 1],
      [-1, 0.1, 4],
      [0.1, 1, 2],
      [1, 10, 1],
    ])
    expect(drawn.reduce((area, { low, high, density }) => area + density * (high - low), 0)).toBeCloseTo(1, 12)
  })

  it('count underflow and overflow in the whole, not in an area', () => {
    const drawn = bars(whole, row([2, 1, 2, 2, 2, 1, 0]))
    expect(drawn.reduce((area, { low, high, density }) => area + density * (high - low), 0)).toBeCloseTo(0.8, 12)
  })

  it('find the occupied bins, those of nearly all samples, spread and median', () => {
    expect(occupied([9, 0, 3, 0, 1, 0, 9])).toEqual([2, 4])
    expect(occupied([9, 0, 0, 0, 0, 0, 9])).toBeNull()
    expect(core([0, 1, 0, 500, 0, 500, 0], [1, 5])).toEqual([3, 5])
    expect(spread([-2, 0, 2], [0, 5, 5, 0])).toBe(1)
    expect(median([0, 1, 2], [0, 1, 3, 0])).toBeCloseTo(1 + 1 / 3)
  })
})

describe('the heat map', () => {
  it('shades the square root of density, each column to its peak: even samples give an even shade', () => {
    const z = shades([row([0, 900, 90, 20, 90, 900, 0]), null, row([0, 0, 0, 2000, 0, 0, 0])], whole)
    expect(z.map((line) => Number(line[0]!.toFixed(3)))).toEqual([1, 1, 1, 1, 1])
    expect(z.map((line) => line[1])).toEqual([0, 0, 0, 0, 0])
    expect(z.map((line) => line[2])).toEqual([0, 0, 1, 0, 0])
    const [, quarter, peak] = shades([row([0, 0, 225, 200, 225, 0, 0])], whole).map((line) => line[0]!)
    expect(quarter).toBeCloseTo(0.5)
    expect(peak).toBe(1)
  })

  it('stands on an axis in the unit of the quantity, every strip between its own borders', () => {
    const histogram = { first: 1, last: 10, min: -9, max: 9, nonfinite: 0, ...row([0, 50, 50, 50, 50, 50, 0]) }
    const held = { state: 'ready' as const, edges: EDGES, version: 1, rows: [histogram] }
    const figure = heatFigure(input({ histograms: () => held }), 'advantage')
    expect(figure.data[0]!.y).toEqual([-10, -1, -0.1, 0.1, 1, 10])
    expect(figure.data[0]!.z).toHaveLength(5)
    expect((figure.layout.yaxis as { range: number[] }).range).toEqual([-10, 10])
    expect(figure.probe(5)).toBe('250 samples, median ≈ 0')
  })
})
