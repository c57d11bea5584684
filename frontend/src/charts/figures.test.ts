import { describe, expect, it } from 'vitest'
import { entry, input, metric } from '../testing/fixtures'
import type { Environment } from '../wire/types'
import { csv } from './export'
import { CHARTS, defaultChart, offered } from './index'
import { lineFigure } from './lines'

const histogram = (counts: number[]) => ({
  state: 'ready' as const,
  edges: [-2, -1, 0, 1, 2],
  version: 1,
  rows: [{ first: 1, last: 3, n: 10, min: -2, max: 2, nonfinite: 0, counts: Float64Array.from(counts) }],
})

describe('line figures', () => {
  const series = (values: number[]) => ({
    series: () => entry(values),
    metric: () => metric('a', { healthy: [0, 0.02] }),
  })
  const draw = (over: object, values = [1, 2, 4, 3]) =>
    lineFigure(input({ ...series(values), ...over }), { lines: [{ metric: 'a' }] })

  it('draw the raw curve, and the smoothed one over it', () => {
    expect(draw({}).data).toHaveLength(1)
    const smoothed = draw({ smoothing: 0.6 })
    expect(smoothed.data).toHaveLength(2)
    expect(Array.from(smoothed.data[0]!.y)).toEqual([1, 2, 4, 3])
  })

  it('shade the healthy band and rule every mark, wrong ones in red', () => {
    const marks = [
      { x: 2, label: 'A: pass', wrong: true },
      { x: 99, label: 'outside', wrong: false },
    ]
    const { layout } = draw({ marks })
    const shapes = layout.shapes as { type: string; x0: number; line: { color?: string } }[]
    expect(shapes.filter((shape) => shape.type === 'rect')).toHaveLength(1)
    expect(shapes.filter((shape) => shape.type === 'line').map(({ x0, line }) => [x0, line.color])).toEqual([
      [2, '#ff0000'],
    ])
  })

  it('mark what is not finite instead of hiding it', () => {
    const figure = draw({}, [1, Number.NaN, 3])
    expect(figure.nonfinite).toBe(1)
    expect(figure.data.at(-1)).toMatchObject({ mode: 'markers', x: [2] })
  })

  it('say the values at the cursor', () => {
    expect(draw({}).probe(2.9)).toBe('4.00')
  })

  it('show exactly the zoomed window', () => {
    expect(draw({ range: [2, 3] }).x).toEqual([2, 3])
  })

  it('draw only positive values on a logarithmic axis', () => {
    const figure = draw({ log: true }, [-1, 10, 1000])
    expect(figure.data[0]!.y[0]).toBeNaN()
    expect((figure.layout.yaxis as { range: number[] }).range).toEqual([1, 3])
  })

  it('say so while there is nothing', () => {
    const empty = (now: number) => lineFigure(input({ now }), { lines: [{ metric: 'a' }] }).empty
    expect(empty(0)).toBe('Waiting for the first update.')
    expect(empty(10)).toBe('Reading …')
  })

  it('export what they show', () => {
    const text = csv(draw({}, [1, Number.NaN]).table())
    expect(text.split('\r\n')[0]).toBe('series,x0,x1,n,nonfinite,min,max,mean,last,smoothed')
    expect(text.split('\r\n')).toHaveLength(4)
  })
})

describe('histogram figures', () => {
  it('state what lies outside the grid', () => {
    const held = histogram([3, 2, 5, 0, 0, 0])
    const spec = CHARTS.find(({ id }) => id === 'advantage')!
    const figure = spec.figure(input({ histograms: () => held, metric: () => metric('advantage') }))
    expect(figure.note).toContain('3 below the grid')
  })

  it('shade the clip region and colour what lies outside it', () => {
    const held = { ...histogram([0, 1, 8, 1, 0]), edges: [0.5, 0.9, 1.1, 1.5] }
    const controls = [{ name: 'clip', kind: 'number' }] as never
    const spec = CHARTS.find(({ id }) => id === 'ratio')!
    const figure = spec.figure(input({ histograms: () => held, controls, values: { clip: 0.2 } }))
    expect(figure.data.map((trace) => trace.name).toSorted()).toEqual(['orange', 'teal'])
    // 0.8 is three quarters into the first bin, 1.2 a quarter into the third; bin k spans k - 0.5 to k + 0.5
    const [shade] = figure.layout.shapes as { x0: number; x1: number }[]
    expect(shade!.x0).toBeCloseTo(1.25)
    expect(shade!.x1).toBeCloseTo(2.75)
  })
})

describe('heat maps', () => {
  const row = (first: number, last: number) => ({
    first,
    last,
    n: 1,
    min: 0,
    max: 1,
    nonfinite: 0,
    counts: Float64Array.from([0, 1, 0]),
  })
  const columnsOf = (rows: ReturnType<typeof row>[]) => {
    const held = { state: 'ready' as const, edges: [0, 1], rows, version: 1 }
    const spec = CHARTS.find(({ id }) => id === 'advantage-heat')!
    const figure = spec.figure(
      input({ histograms: () => held, metric: () => metric('advantage'), now: 100, range: [0, 120] }),
    )
    return Array.from(figure.data[0]!.z![0]!)
  }

  it('join neighbours and leave a hole that was not measured blank', () => {
    const shade = columnsOf([row(1, 10), row(12, 12), row(60, 60)])
    expect(shade.slice(0, 12).every((value) => value === 1)).toBe(true)
    expect(shade.slice(12, 55).every((value) => value === 0)).toBe(true)
    expect(shade[59]).toBe(1)
    expect(shade[60]).toBe(0)
  })
})

describe('the gathered charts', () => {
  it('are ordered, have distinct ids and draw without data', () => {
    expect(new Set(CHARTS.map(({ id }) => id)).size).toBe(CHARTS.length)
    expect(CHARTS.map(({ order }) => order)).toEqual(CHARTS.map(({ order }) => order).toSorted((a, b) => a - b))
    for (const spec of CHARTS) expect(spec.figure(input()).empty).toBeTruthy()
  })

  it('are offered when the catalog declares their metric, and any other metric gets its own', () => {
    const ids = offered([metric('policy/kl_k3')]).map(({ id }) => id)
    expect(ids).toContain('kl')
    expect(ids).not.toContain('ratio')
    const exact = [metric('exact/J')]
    const idsIn = (enumerable: boolean) =>
      offered(exact, { id: 'Any-v0', enumerable } as Environment).map(({ id }) => id)
    expect(offered(exact).map(({ id }) => id)).toContain('exact')
    expect(idsIn(true)).toContain('exact')
    expect(idsIn(false)).not.toContain('exact')
    expect(offered(exact, null).map(({ id }) => id)).not.toContain('exact')
    const own = defaultChart(metric('new/thing', { title: 'A new thing' }))
    expect(own.title).toBe('A new thing')
    expect(own.figure(input({ series: () => entry([1, 2]) })).data).toHaveLength(1)
  })
})
