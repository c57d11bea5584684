import { describe, expect, it } from 'vitest'
import type { Control, Laboratory } from '../wire/types'
import { asksCritic, freshName, settingsShown, withAlgorithm, withSetting } from './experiment'

const control = (name: string, value: string | number | boolean) =>
  ({ name, default: value, kind: 'choice', live: true }) as Control
const CONTROLS = [
  control('return_kind', 'reward_to_go'),
  control('gae_lambda', 0.95),
  control('baseline', 'none'),
  control('gamma_t', false),
]
const LAB = { settings: { reinforce: ['return_kind', 'gae_lambda', 'baseline', 'gamma_t'] } } as unknown as Laboratory
const row = (settings: Record<string, string | number | boolean>) => ({ name: 'a', settings })
const names = (settings: Record<string, string>) => settingsShown(row(settings), LAB, CONTROLS).map(({ name }) => name)

describe('the settings of an estimator', () => {
  it('are shown where they mean something', () => {
    expect(names({})).toEqual(['return_kind', 'baseline', 'gamma_t'])
    expect(names({ return_kind: 'gae' })).toContain('gae_lambda')
  })

  it('ask what the critic knows where one is heard', () => {
    expect(asksCritic(row({}), CONTROLS)).toBe(false)
    expect(asksCritic(row({ return_kind: 'td' }), CONTROLS)).toBe(true)
    expect(asksCritic(row({ baseline: 'action_dependent' }), CONTROLS)).toBe(true)
  })

  it('are written down where they differ from the default', () => {
    const changed = withSetting(row({}), CONTROLS, 'baseline', 'learned_v')
    expect(changed.settings).toEqual({ baseline: 'learned_v' })
    expect(withSetting(changed, CONTROLS, 'baseline', 'none').settings).toEqual({})
    expect(withSetting(row({ value: 'zero' }), CONTROLS, 'value', 'exact').settings).toEqual({})
  })

  it('go along to another algorithm as far as it has them', () => {
    const moved = withAlgorithm(row({ baseline: 'none', odd: 1, value: 'zero' }), CONTROLS, 'off_policy_is_pg')
    expect(moved.settings).toEqual({ baseline: 'none', value: 'zero', algorithm: 'off_policy_is_pg' })
    expect(withAlgorithm(moved, CONTROLS, 'reinforce').settings).toEqual({ baseline: 'none', value: 'zero' })
  })

  it('belong to a row with a name of its own', () => {
    expect(freshName([row({})], 'b')).toBe('b')
    expect(freshName([row({}), { name: 'a 2', settings: {} }], 'a')).toBe('a 3')
  })
})
