import { describe, expect, it } from 'vitest'
import type { LabRequest } from '../wire/types'
import { readLab, writeLab } from './address'

const REQUEST: LabRequest = {
  environment: { id: 'Chain-v0', kwargs: { states: 6, slip: 0.25 } },
  gamma: 1,
  policy: { kind: 'random', scale: 0.5, seed: 3 },
  behaviour: { kind: 'mix', epsilon: 0.2 },
  batch: 4,
  batches: 2000,
  seed: 7,
  estimators: [
    { name: 'leave one out', settings: { gamma_t: true, baseline: 'leave_one_out' } },
    { name: 'a~b=c%d & e − V', settings: { baseline_constant: -1.5, value: 'zero' } },
    { name: 'plain', settings: {} },
  ],
}

describe('the address of an experiment', () => {
  it('says all of it, whatever the names hold', () => {
    expect(readLab(writeLab(REQUEST))).toEqual(REQUEST)
  })

  it('says who collects only where it is somebody else', () => {
    const alone = { ...REQUEST, behaviour: null }
    expect(writeLab(alone)).not.toContain('data')
    expect(readLab(writeLab(alone))).toEqual(alone)
  })

  it('is none without an estimator', () => {
    expect(readLab('')).toBeNull()
    expect(readLab('?mdp=Grid-v0')).toBeNull()
  })

  it('keeps what fits no field, for the server to refuse', () => {
    const typed = { ...REQUEST, gamma: Number('1.5'), environment: { id: 'Grid-v0', kwargs: { width: 'wide' } } }
    expect(readLab(writeLab(typed))).toEqual(typed)
  })

  it('leaves to the usual what it does not say', () => {
    expect(readLab('?mdp=Grid-v0&row=plain')).toEqual({
      environment: { id: 'Grid-v0', kwargs: {} },
      gamma: 0.95,
      policy: { kind: 'uniform' },
      behaviour: null,
      batch: 16,
      batches: 500,
      seed: 0,
      estimators: [{ name: 'plain', settings: {} }],
    })
  })
})
