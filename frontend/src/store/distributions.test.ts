import { describe, expect, it } from 'vitest'
import { DistributionBook, dense, merge } from './distributions'

const sparse = (update: number, counts: [number, number][]) => ({
  update,
  grid: 'g',
  n: 4,
  min: -1,
  max: 1,
  nonfinite: 0,
  counts,
})

describe('histograms', () => {
  it('spread sparse counts over the grid', () => {
    expect(
      Array.from(
        dense(
          sparse(3, [
            [0, 1],
            [4, 3],
          ]),
          5,
        ).counts,
      ),
    ).toEqual([1, 0, 0, 0, 3])
  })

  it('merge exactly', () => {
    const merged = merge(
      dense(sparse(1, [[1, 4]]), 3),
      dense(
        sparse(2, [
          [1, 1],
          [2, 3],
        ]),
        3,
      ),
    )
    expect(merged).toMatchObject({ first: 1, last: 2, n: 8, min: -1, max: 1 })
    expect(Array.from(merged.counts)).toEqual([0, 5, 3])
  })

  it('join history and stream once each, and hold a bounded number of rows with every sample', async () => {
    const history = {
      name: 'a',
      edges: [0, 1],
      rows: [{ first_update: 1, update: 4, n: 4, min: 0, max: 1, nonfinite: 0, counts: [0, 4, 0] }],
    }
    const book = new DistributionBook(
      async () => history,
      () => [0, 1],
      8,
    )
    book.need(['a'])
    book.append({ a: sparse(4, [[1, 4]]) })
    book.append({ a: sparse(5, [[1, 4]]) })
    await new Promise((resolve) => setTimeout(resolve))
    expect(book.get('a')!.rows.map((row) => row.last)).toEqual([4, 5])
    for (let update = 6; update <= 40; update++) book.append({ a: sparse(update, [[1, 4]]) })
    const rows = book.get('a')!.rows
    expect(rows.length).toBeLessThanOrEqual(8)
    expect(rows.reduce((sum, row) => sum + row.n, 0)).toBe(4 + 36 * 4)
  })
})
