import { describe, expect, it } from 'vitest'
import { parseSeeds } from './seeds'

const error = (text: string) => (parseSeeds(text) as { error: string }).error

describe('parseSeeds', () => {
  it.each([
    ['3', [3]],
    ['0-4', [0, 1, 2, 3, 4]],
    ['1, 5, 9', [1, 5, 9]],
    ['1 5;9', [1, 5, 9]],
    ['seeds: 0 - 2, 9', [0, 1, 2, 9]],
    ['2–4', [2, 3, 4]],
    ['3, 1-4', [3, 1, 2, 4]],
    ['7-7', [7]],
  ])('reads %j', (text, seeds) => {
    expect(parseSeeds(text)).toEqual({ seeds })
  })

  it('says what is wrong', () => {
    expect(error('')).toContain('No seed is given')
    expect(error('1, two')).toContain('“two” is no seed')
    expect(error('-3')).toContain('is no seed')
    expect(error('1.5')).toContain('is no seed')
    expect(error('4-0')).toContain('write 0-4')
    expect(error('9007199254740993')).toContain('too large')
  })

  it('starts at most fifty, and counts a long range before it builds it', () => {
    expect((parseSeeds('0-49') as { seeds: number[] }).seeds).toHaveLength(50)
    expect(error('0-50')).toContain('51 seeds are given')
    expect(error('0-29, 100-129')).toContain('60 seeds are given')
    expect(error('0-9000000000')).toContain('at most 50')
  })
})
