import { describe, expect, it } from 'vitest'
import { event, run } from '../testing/fixtures'
import { groupsOf, POSITIONS, resampled, together } from './groups'

const seeded = (id: string, seed: number, over: object = {}) => ({
  run: run({ id, seed, name: `ppo seed ${seed}`, algorithm: 'ppo', tags: [], ...over }),
  events: [],
})
const members = (groups: ReturnType<typeof groupsOf>) => groups.map((group) => group.members)

describe('groups', () => {
  it('hold runs that differ in nothing but the seed, an edit on the way included', () => {
    const edit = event(3, 'control_changed', { changes: [{ name: 'advantage', old: 'block', new: 'pass' }] })
    const back = event(5, 'control_changed', { changes: [{ name: 'advantage', old: 'pass', new: 'block' }] })
    const all = [
      seeded('a', 1),
      seeded('b', 2),
      seeded('c', 1, { algorithm: 'a2c' }),
      { ...seeded('d', 3), events: [edit, back] },
    ]
    expect(members(groupsOf(all, 'seed'))).toEqual([['a', 'b'], ['c'], ['d']])
    expect(groupsOf(all, 'seed')[0]!.label).toBe('ppo')
  })

  it('hold runs with the same tags, in whatever order, and leave the untagged alone', () => {
    const all = [
      seeded('a', 1, { tags: ['x', 'y'] }),
      seeded('b', 2, { tags: ['y', 'x'] }),
      seeded('c', 1),
      seeded('d', 1),
    ]
    expect(members(groupsOf(all, 'tag'))).toEqual([['a', 'b'], ['c'], ['d']])
  })
})

describe('curves together', () => {
  const straight = (slope: number, to: number) => ({ x: [0, to], y: [0, slope * to] })

  it('are interpolated between their points, not beyond them', () => {
    expect(resampled({ x: [0, 4, 8], y: [0, 4, 0] }, [-1, 0, 2, 4, 5, 8, 9])).toEqual([NaN, 0, 2, 4, 3, 0, NaN])
  })

  it('have the mean, the least and the greatest of those that got that far', () => {
    const { x, mean, low, high, n } = together([straight(1, 100), straight(3, 50)], [0, 100], 'range')
    const at = (share: number) => share * POSITIONS
    expect(x[at(0.25)]).toBe(25)
    expect([mean, low, high, n].map((column) => column[at(0.25)])).toEqual([50, 25, 75, 2])
    expect([mean, low, high, n].map((column) => column[at(0.75)])).toEqual([75, 75, 75, 1])
  })

  it('have a standard error of s over root n', () => {
    const { low, high } = together(
      [1, 2, 3].map((slope) => straight(slope, 10)),
      [0, 10],
      'se',
    )
    // At x = 10 the values are 10, 20, 30: mean 20, s = 10
    expect([low.at(-1), high.at(-1)]).toEqual([20 - 10 / Math.sqrt(3), 20 + 10 / Math.sqrt(3)])
  })
})
