import { describe, expect, it } from 'vitest'
import { control } from '../testing/fixtures'
import { byEffect, idleBecause, inEquationOrder } from './acting'

const dropout = control({ name: 'dropout', kind: 'number', title: 'Dropout', default: 0 })
const mask = control({ name: 'mask', kind: 'choice', title: 'Dropout mask', when: [{ control: 'dropout', not: 0 }] })
const lambda = control({
  name: 'lambda',
  kind: 'number',
  title: 'Lambda',
  when: [
    { control: 'kind', is: 'gae' },
    { control: 'target', in: ['lambda', 'other'] },
  ],
})
const sigma = control({ name: 'sigma', kind: 'number', title: 'Sigma', when: [{ control: 'actions', is: 'box' }] })

describe('idleBecause', () => {
  it('says nothing of a control that acts', () => {
    expect(idleBecause(dropout, [dropout], {})).toBeNull()
    expect(idleBecause(mask, [dropout], { dropout: 0.1 })).toBeNull()
    expect(idleBecause(lambda, [], { kind: 'td', target: 'lambda' })).toBeNull()
  })

  it('gives the reason of one that does not', () => {
    expect(idleBecause(mask, [dropout], { dropout: 0 })).toBe('It acts only if Dropout is not 0.')
    expect(idleBecause(lambda, [], { kind: 'td', target: 'mc' })).toBe(
      'It acts only if kind is gae or target is lambda or other.',
    )
    expect(idleBecause(sigma, [], { actions: 'discrete' })).toBe('It acts only if actions are continuous.')
  })

  it('takes a control to act while the value it depends on is unknown', () => {
    expect(idleBecause(sigma, [], {})).toBeNull()
  })
})

describe('byEffect', () => {
  it('puts what acts in the order of the equation in force, and what does nothing apart', () => {
    const a = control({ name: 'a', kind: 'choice' })
    const b = control({ name: 'b', kind: 'choice' })
    const equation = [{ latex: 'L=@b@+@a@' }, { latex: '@dropout@', when: { control: 'a', is: 'never' } }]
    const { acting, idle } = byEffect([a, dropout, mask, b], equation, { a: 'x', dropout: 0 })
    expect(acting.map(({ name }) => name)).toEqual(['b', 'a', 'dropout'])
    expect(idle.map(({ name }) => name)).toEqual(['mask'])
    expect(inEquationOrder([dropout, a], equation, { a: 'never' }).map(({ name }) => name)).toEqual(['a', 'dropout'])
  })
})
