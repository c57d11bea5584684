import { expect, it } from 'vitest'
import { decode } from './numbers'

it('tells apart numbers, spelled non-finite ones and what was not measured', () => {
  expect(decode(1.5)).toBe(1.5)
  expect(decode('NaN')).toBeNaN()
  expect(decode('-Infinity')).toBe(-Infinity)
  expect(decode(null)).toBeNull()
  expect(decode(undefined)).toBeNull()
})
