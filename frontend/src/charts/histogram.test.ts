import { describe, expect, it } from 'vitest'
import { input } from '../testing/fixtures'
import { heatFigure, shades } from './heat'
import { bars, core, edgeTicks, median, occupied, position, spread } from './histogram'

/** Bins that widen away from zero, as the symmetric-logarithmic grid has them. */
const EDGES = [-10, -1, -0.1, 0.1, 1, 10]
const row = (counts: number[], n = counts.reduce((a, b) => a + b)) => ({ n, counts: Float64Array.from(counts) })

describe('histograms on bins of unequal width', () => {
  it('give each bin its share of all samples, at its own number', () => {
    const drawn = bars(EDGES, row([0, 1, 2, 2, 2, 1, 0]), [1, 5])
    expect(drawn.map(({ bin, share }) => [bin, share])).toEqual([
      [1, 0.125],
      [2, 0.25],
      [3, 0.25],
      [4, 0.25],
      [5, 0.125],
    ])
    expect(drawn.map(({ low, high }) => [low, high])[4]).toEqual([1, 10])
  })

  it('count underflow and overflow in the whole, not in a bar', () => {
    const drawn = bars(EDGES, row([2, 1, 2, 2, 2, 1, 0]), [1, 5])
    expect(drawn.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(0.8, 12)
  })

  it('put a value where its bin has it, and label what can be read', () => {
    expect(position(EDGES, 0)).toBeCloseTo(3)
    expect(position(EDGES, 1)).toBeCloseTo(4.5)
    expect(position(EDGES, 5.5)).toBeCloseTo(5)
    expect(position(EDGES, 11)).toBeNull()
    const { ticks, labels } = edgeTicks(EDGES, [0.6, 5.4], 5)
    expect(labels).toEqual(['1', '0', '−1'])
    expect(ticks.map((at) => Number(at.toFixed(6)))).toEqual([4.5, 3, 1.5])
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
  it('shades the square root of the share, each column to its peak', () => {
    const z = shades([row([0, 25, 100, 0, 25, 100, 0]), null, row([0, 0, 0, 2000, 0, 0, 0])], [1, 5])
    expect(z.map((line) => line[0])).toEqual([0.5, 1, 0, 0.5, 1])
    expect(z.map((line) => line[1])).toEqual([0, 0, 0, 0, 0])
    expect(z.map((line) => line[2])).toEqual([0, 0, 1, 0, 0])
  })

  it('stands on the axis of its grid, labelled in the unit of the quantity', () => {
    const histogram = { first: 1, last: 10, min: -9, max: 9, nonfinite: 0, ...row([0, 50, 50, 50, 50, 50, 0]) }
    const held = { state: 'ready' as const, edges: EDGES, version: 1, rows: [histogram] }
    const figure = heatFigure(input({ histograms: () => held }), 'advantage')
    expect(figure.data[0]!.y).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    expect(figure.data[0]!.z).toHaveLength(5)
    expect((figure.layout.yaxis as { ticktext: string[] }).ticktext).toContain('0')
    expect(figure.probe(5)).toBe('250 samples, median ≈ 0')
  })
})
