import { describe, expect, it } from 'vitest'
import { columns, frame } from '../testing/fixtures'
import type { SeriesReply } from '../wire/types'
import { SeriesBook } from './book'

const NAME = 'policy/entropy'

function reply(head: number): SeriesReply {
  const values = Array.from({ length: head }, (_, i) => i + 1)
  return { run: 'r', epoch: 1, head, x: 'update', series: { [NAME]: columns(values) } }
}

const xs = (book: SeriesBook, name = NAME) => {
  const { buffer } = book.get(name)!
  return Array.from(buffer.x1.subarray(0, buffer.length))
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('SeriesBook', () => {
  it('joins history and live rows without gap or duplicate, whatever overlaps', async () => {
    const book = new SeriesBook(async () => reply(10), 'update')
    await book.load([NAME])
    book.append(frame(8, 12))
    expect(xs(book)).toEqual(upTo(12))
    expect(book.get(NAME)!.total).toBe(12)
  })

  it('keeps the rows that arrive while the history is on its way', async () => {
    let answer: (value: SeriesReply) => void = () => {}
    const book = new SeriesBook(() => new Promise((resolve) => (answer = resolve)), 'update')
    const loading = book.load([NAME])
    book.append(frame(4, 6))
    book.append(frame(7, 9))
    answer(reply(5))
    await loading
    expect(xs(book)).toEqual(upTo(9))
  })

  it('loses nothing that arrives during a reload', async () => {
    const answers: ((value: SeriesReply) => void)[] = []
    const book = new SeriesBook(() => new Promise((resolve) => answers.push(resolve)), 'update')
    const first = book.load([NAME])
    answers[0]!(reply(5))
    await first
    const again = book.reload()
    book.append(frame(6, 8))
    answers[1]!(reply(7))
    await again
    expect(xs(book)).toEqual(upTo(8))
  })

  it('keeps the old picture when a reload fails', async () => {
    let fail = false
    const book = new SeriesBook(async () => (fail ? Promise.reject(new Error('away')) : reply(5)), 'update')
    await book.load([NAME])
    fail = true
    await expect(book.reload()).rejects.toThrow('away')
    book.append(frame(6, 6))
    expect(xs(book)).toEqual(upTo(6))
  })

  it('takes only what lies in its window, to exclusive', async () => {
    const book = new SeriesBook(async () => ({ ...reply(0), series: {} }), 'update', { from: 3, to: 6 })
    await book.load([NAME])
    book.append(frame(1, 9))
    expect(xs(book)).toEqual([3, 4, 5])
  })

  it('has one point per episode, placed by the axis', async () => {
    const book = new SeriesBook(async () => ({ ...reply(0), series: {} }), 'env_steps')
    await book.load(['episode/return'])
    book.append(frame(1, 3))
    expect(xs(book, 'episode/return')).toEqual([256, 512, 768])
  })

  it('passes over what was not measured and counts what is not finite', async () => {
    const book = new SeriesBook(async () => ({ ...reply(0), series: {} }), 'update')
    await book.load([NAME])
    const message = frame(1, 3)
    message.scalars[NAME] = { last: [1, null, 'NaN'], min: null, max: null }
    book.append(message)
    expect(xs(book)).toEqual([1, 3])
    expect(book.get(NAME)!.buffer.nonfinite[1]).toBe(1)
  })

  it('asks once for everything that is needed in one turn', async () => {
    const asked: string[][] = []
    const book = new SeriesBook(async (names) => {
      asked.push(names)
      return reply(0)
    }, 'update')
    book.need(['a', 'b'])
    book.need(['b', 'c'])
    await new Promise((resolve) => setTimeout(resolve))
    expect(asked).toEqual([['a', 'b', 'c']])
  })
})
