import { describe, expect, it } from 'vitest'
import { entry, input } from '../testing/fixtures'
import { overlayFigure } from './overlay'

const run = (id: string, values: number[]) => {
  const held = entry(values)
  return { id, name: `run ${id}`, colour: '#112233', dash: 'solid', entry: held, whole: held, marks: [] }
}

describe('the overlay of runs', () => {
  it('draws a ghost and a smoothed line of each, and says the smoothed values at the cursor', () => {
    const figure = overlayFigure(input({ smoothing: 0.6 }), [run('a', [1, 2, 4]), run('b', [5, 6])], [], 'range')
    expect(figure.data.map(({ name }) => name)).toEqual(['a', 'a smoothed', 'b', 'b smoothed'])
    expect(figure.valuesAt(2).map(({ id, value }) => [id, value])).toEqual([
      ['a', expect.closeTo(1.625)],
      ['b', expect.closeTo(5.625)],
    ])
    // b has not got as far as 3
    expect(figure.valuesAt(3).map(({ id }) => id)).toEqual(['a'])
  })

  it('draws a group as its mean with a band, and its runs faint', () => {
    const groups = [{ key: 'g', label: 'ppo', members: ['a', 'b'] }]
    const figure = overlayFigure(input(), [run('a', [1, 2, 3]), run('b', [3, 4, 5])], groups, 'range')
    expect(figure.data.map(({ name }) => name)).toEqual(['a', 'b', 'g band', 'g some', 'g'])
    expect(figure.note).toContain('ppo: N = 2')
    expect(figure.valuesAt(3)[0]).toMatchObject({ id: 'g', value: 4, note: '3.00 … 5.00' })
    expect(figure.valuesAt(3).map(({ value }) => value)).toEqual([4, 3, 5])
  })

  it('gives the mean of a group and its runs smoothed alike', () => {
    const groups = [{ key: 'g', label: 'ppo', members: ['a', 'b'] }]
    const figure = overlayFigure(input({ smoothing: 0.9 }), [run('a', [1, 8, 3]), run('b', [3, 9, 5])], groups, 'range')
    const [mean, a, b] = figure.valuesAt(3)
    expect(mean!.value).toBeCloseTo((a!.value + b!.value) / 2)
    expect(a!.value).not.toBe(3)
  })

  it('says why nothing is drawn', () => {
    expect(overlayFigure(input(), [], [], 'range').empty).toBe('No run is shown.')
    expect(overlayFigure(input(), [run('a', [])], [], 'range').empty).toBe('None of these runs measures it.')
  })

  it('exports every run under its id', () => {
    const { header, rows } = overlayFigure(input(), [run('a', [1, 2])], [], 'range').table()
    expect(header.slice(0, 2)).toEqual(['run', 'name'])
    expect(rows.map((row) => [row[0], row[3]])).toEqual([
      ['a', 1],
      ['a', 2],
    ])
  })
})
