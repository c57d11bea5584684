import { describe, expect, it } from 'vitest'
import { ROW_HEIGHT, scrollFor, spanOf } from './window'

describe('spanOf', () => {
  it('draws what is seen and a margin, whatever the number of rows', () => {
    expect(spanOf(0, 440, 5)).toEqual({ first: 0, last: 5 })
    expect(spanOf(0, 440, 10_000)).toEqual({ first: 0, last: 20 })
    for (const top of [0, 1, 44_000, 439_560, 10 ** 7]) {
      const { first, last } = spanOf(top, 880, 10_000)
      expect(last - first).toBeLessThanOrEqual(45)
      expect(last).toBeLessThanOrEqual(10_000)
      expect(first).toBeLessThan(last)
    }
  })

  it('covers every pixel that is seen', () => {
    for (let top = 0; top <= 10_000; top += 37) {
      const { first, last } = spanOf(top, 500, 300)
      expect(first * ROW_HEIGHT).toBeLessThanOrEqual(Math.max(0, Math.min(top, 300 * ROW_HEIGHT - 500)))
      expect(last * ROW_HEIGHT).toBeGreaterThanOrEqual(Math.min(top + 500, 300 * ROW_HEIGHT))
    }
  })

  it('draws rows again when the list has become shorter than the scroll', () => {
    expect(spanOf(44_000, 440, 3)).toEqual({ first: 0, last: 3 })
    expect(spanOf(0, 0, 0)).toEqual({ first: 0, last: 0 })
  })
})

describe('scrollFor', () => {
  it('moves only as far as is needed', () => {
    expect(scrollFor(5, 0, 440)).toBeNull()
    expect(scrollFor(10, 0, 440)).toBe(ROW_HEIGHT)
    expect(scrollFor(2, 440, 440)).toBe(2 * ROW_HEIGHT)
  })
})
