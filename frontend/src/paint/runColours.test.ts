import { expect, test } from 'vitest'
import { lookOf, looksOf, RUN_COLOURS } from './runColours'

const ids = (count: number) => Array.from({ length: count }, (_, i) => `run ${i}`)

test('a run has its look from its id alone, and all colours are used', () => {
  expect(lookOf('20261121-a')).toEqual(lookOf('20261121-a'))
  expect(new Set(ids(100).map((id) => lookOf(id).colour)).size).toBe(RUN_COLOURS)
})

test('a run that meets no other of its colour keeps it', () => {
  expect(looksOf(['a']).get('a')).toEqual(lookOf('a'))
})

test('runs that are compared look different, whatever their order', () => {
  for (const count of [2, 8, 32]) {
    const looks = looksOf(ids(count))
    expect(new Set([...looks.values()].map((look) => JSON.stringify(look))).size).toBe(count)
    expect(looksOf(ids(count).toReversed())).toEqual(looks)
  }
  expect(new Set([...looksOf(ids(8)).values()].map(({ colour }) => colour)).size).toBe(8)
})
