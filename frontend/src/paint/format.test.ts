import { expect, it } from 'vitest'
import { bytes, duration, integer, short, unitText } from './format'

it('writes numbers for people', () => {
  expect(integer(186368)).toBe('186\u202f368')
  expect(short(0.4237)).toBe('0.424')
  expect(short(-12.34)).toBe('−12.3')
  expect(short(52_400)).toBe('52.4\u202fk')
  expect(short(0.00042)).toBe('4.2·10⁻⁴')
  expect(short(Number.NaN)).toBe('NaN')
  expect(short(null)).toBe('–')
  expect(duration(3.61)).toBe('3.6\u202fs')
  expect(duration(125)).toBe('2:05\u202fmin')
  expect(unitText('reward^2')).toBe('reward²')
  expect([640, 12_345, 4_050_000, 0].map(bytes)).toEqual(['640\u202fB', '12.3\u202fkB', '4.05\u202fMB', '0\u202fB'])
  expect(unitText('1')).toBe('')
})
