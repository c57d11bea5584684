import { describe, expect, it } from 'vitest'
import { pathOf } from './paths'

const area = {
  width: 100,
  height: 50,
  x: [0, 10] as [number, number],
  y: [0, 5] as [number, number],
  log: false,
  logX: false,
}

describe('pathOf', () => {
  it('maps the ranges onto the plot area, y upwards', () => {
    expect(pathOf([0, 10], [0, 5], area)).toBe('M0.00,50.00L100.00,0.00')
  })

  it('breaks at a gap and closes every part', () => {
    expect(pathOf([0, 1, 2, 3], [0, Number.NaN, 1, 2], area)).toBe('M0.00,50.00M20.00,40.00L30.00,30.00')
    expect(pathOf([0, 1, 2, 3], [0, null, 1, 2], area, true)).toBe('M0.00,50.00ZM20.00,40.00L30.00,30.00Z')
  })

  it('counts decades on a logarithmic axis, where zero and below are gaps', () => {
    expect(pathOf([0, 5, 10], [1, -1, 100], { ...area, y: [0, 2], log: true })).toBe('M0.00,50.00M100.00,0.00')
  })

  it('counts decades on a logarithmic time axis', () => {
    expect(pathOf([1, 10, 100], [0, 0, 5], { ...area, x: [0, 2], logX: true })).toBe(
      'M0.00,50.00L50.00,50.00L100.00,0.00',
    )
  })
})
