import { expect, it } from 'vitest'
import { event, gate, run } from '../testing/fixtures'
import { rowsOf } from './difference'

it('says of every field whether the runs differ, and since when a control is as it is', () => {
  const environment = { id: 'CartPole-v1', num_envs: 8, kwargs: {} }
  const values = (advantage: string) => ({ version: 1, values: { advantage, gamma: 0.99 }, pending: [] })
  const one = run({ seed: 1, environment, controls: values('block') })
  const two = run({ seed: 2, environment, controls: values('pass') })
  const edit = event(13, 'control_changed', { changes: [{ name: 'advantage', old: 'block', new: 'pass' }] })
  const rows = rowsOf([
    { run: one, events: [], controls: [gate] },
    { run: two, events: [edit], controls: [gate] },
  ])
  const found = Object.fromEntries(rows.map(({ name, cells, differs }) => [name, { cells, differs }]))
  expect(found['environment.num_envs']).toEqual({ cells: ['8', '8'], differs: false })
  expect(found.gamma).toEqual({ cells: ['0.99', '0.99'], differs: false })
  expect(found.seed).toEqual({ cells: ['1', '2'], differs: true })
  expect(found.Advantage).toEqual({ cells: ['block', 'pass (block until update 13)'], differs: true })
  expect(found['edits, by update']).toEqual({ cells: ['none', '13 · Advantage: pass'], differs: true })
})
