import { describe, expect, it } from 'vitest'
import { rows } from '../testing/fixtures'
import { AxisMap } from './axis'

describe('AxisMap', () => {
  it('places an update on every axis and finds it again', () => {
    const map = new AxisMap()
    map.append(rows([1, 2, 3, 4]))
    expect(map.place(3, 'env_steps')).toBe(768)
    expect(map.place(3, 'wall')).toBeCloseTo(0.3)
    expect(map.update(768, 'env_steps')).toBe(3)
    expect(map.place(7, 'update')).toBe(7)
  })

  it('ignores rows it has already', () => {
    const map = new AxisMap()
    map.append(rows([1, 2]))
    map.append(rows([2, 3]))
    expect(map.place(3, 'episodes')).toBe(6)
    expect(map.place(2.5, 'episodes')).toBe(5)
  })
})
