import { describe, expect, it } from 'vitest'
import { control, gate, run } from '../testing/fixtures'
import type { Catalog, Recipe } from '../wire/types'
import { readQuery, writeQuery } from './address'
import { fromRecipe, fromRun, fromScratch } from './fields'
import { LaunchForm } from './form'

const gamma = control({ name: 'gamma', kind: 'number', default: 0.99, min: 0, max: 1 })
const clip = control({ name: 'clip', kind: 'number', default: 0.2, min: 0, max: 1 })
const kindOf = (values: string[], fallback: string) =>
  control({ name: 'return_kind', kind: 'choice', values, default: fallback })
const recipe = {
  id: 'demo',
  title: 'Demo',
  doc: '',
  algorithm: 'ppo',
  environment: { id: 'CartPole-v1', num_envs: 4 },
  controls: { gamma: 0.9, return_kind: 'gae' },
  budget: { env_steps: 1000 },
} as unknown as Recipe
const catalog = {
  algorithms: [],
  environments: [{ id: 'CartPole-v1', available: true }],
  recipes: [recipe],
  metrics: [],
  controls: {
    ppo: [gamma, clip, gate, kindOf(['gae', 'td'], 'td')],
    reinforce: [{ ...gamma, default: 1 }, gate, kindOf(['full', 'td'], 'full')],
  },
} as unknown as Catalog

const form = () => new LaunchForm(catalog, fromRecipe(catalog, recipe))

describe('the start form', () => {
  it('sends the recipe and what differs from it', () => {
    const here = form()
    expect(here.changes.value).toEqual([])
    expect(here.body(3)).toEqual({
      recipe: 'demo',
      environment: { id: 'CartPole-v1', num_envs: 4, kwargs: {} },
      controls: {},
      budget: { env_steps: 1000 },
      seed: 3,
      tags: [],
    })
    here.set('controls.gamma', 0.99)
    here.set('controls.advantage', 'pass')
    expect(here.changes.value).toEqual(['controls.gamma', 'controls.advantage'])
    // The default must be said: the recipe would put 0.9 there.
    expect(here.body(3).controls).toEqual({ gamma: 0.99, advantage: 'pass' })
  })

  it('resets one value and leaves the others', () => {
    const here = form()
    here.set('controls.gamma', 0.5)
    here.set('environment.kwargs.length', 2)
    here.reset('controls.gamma')
    expect(here.value('controls.gamma')).toBe(0.9)
    expect(here.changes.value).toEqual(['environment.kwargs.length'])
    here.reset('environment.kwargs.length')
    expect(here.body(0).environment!.kwargs).toEqual({})
  })

  it('keeps over a change of algorithm what was set on purpose and fits', () => {
    const here = form()
    here.set('controls.advantage', 'pass')
    here.set('controls.clip', 0.4)
    here.chooseAlgorithm('reinforce')
    expect(here.values.value).toEqual({ gamma: 0.9, advantage: 'pass', return_kind: 'full' })
    expect(here.body(0)).toMatchObject({ algorithm: 'reinforce', controls: { gamma: 0.9, advantage: 'pass' } })
    expect(here.body(0).recipe).toBeUndefined()
    here.reset('algorithm')
    expect(here.value('controls.clip')).toBe(0.2)
  })

  it('sends an emptied field as it is, so that the server names it', () => {
    const here = form()
    here.set('controls.clip', '')
    here.set('budget.env_steps', '')
    expect(here.body(0)).toMatchObject({ controls: { clip: '' }, budget: {} })
  })

  it('numbers the names and shares the tag of several seeds', () => {
    const here = form()
    here.set('tags', 'a, b, a')
    expect(here.body(2, 'set-x')).toMatchObject({ name: 'demo · seed 2', tags: ['a', 'b', 'set-x'], seed: 2 })
    here.set('name', 'mine')
    expect(here.body(2).name).toBe('mine')
    expect(here.body(2, 'set-x').name).toBe('mine · seed 2')
    expect(here.setName()).toBe('mine')
  })
})

describe('a clone', () => {
  const source = run({
    recipe: 'demo',
    algorithm: 'ppo',
    environment: { id: 'CartPole-v1', num_envs: 2, kwargs: {} },
    seed: 7,
    budget: { env_steps: 50 },
    tags: ['t'],
    controls: { version: 3, values: { gamma: 0.8, clip: 0.2, advantage: 'pass', return_kind: 'gae' }, pending: [] },
  })

  it('takes the controls in force, and calls nothing changed until something is', () => {
    const here = new LaunchForm(catalog, fromRun(catalog, source))
    expect(here.changes.value).toEqual([])
    expect(here.body(7)).toMatchObject({
      recipe: 'demo',
      controls: { gamma: 0.8, advantage: 'pass' },
      environment: { num_envs: 2 },
      budget: { env_steps: 50 },
      tags: ['t'],
    })
  })
})

describe('the address', () => {
  it('reproduces the form', () => {
    const here = form()
    here.set('controls.gamma', 0.5)
    here.set('controls.advantage', 'pass')
    here.set('environment.kwargs.sutton', true)
    here.set('seeds', '0-4')
    const query = writeQuery({ recipe: 'demo' }, here.fields.value, catalog, here.source)
    expect(query).toContain('controls.gamma=0.5')
    expect(readQuery(query, catalog, here.source)).toEqual(here.fields.value)
  })

  it('reproduces a changed algorithm', () => {
    const here = form()
    here.chooseAlgorithm('reinforce')
    const query = writeQuery({ recipe: 'demo' }, here.fields.value, catalog, here.source)
    expect(readQuery(query, catalog, here.source)).toEqual(here.fields.value)
  })

  it('passes over what no form has', () => {
    const source = fromScratch(catalog, 'ppo')
    const read = readQuery('?controls.nonsense=1&x=2&algorithm=nobody', catalog, source)
    expect(read).toEqual(source.fields)
  })
})
