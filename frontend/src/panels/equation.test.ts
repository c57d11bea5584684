import { describe, expect, it } from 'vitest'
import { control, gate } from '../testing/fixtures'
import { docText, effectText, substitute } from './equation'

const coefficient = control({ name: 'value_coef', kind: 'number', latex: 'c_v', default: 0.5 })
const equation = [
  { latex: 'L=-@advantage@', when: null },
  { latex: '\\\\ +\\;@value_coef@ V', when: { control: 'value_coef', not: 0 } },
]
const write = (values: Record<string, string | number>) => substitute(equation, [gate, coefficient], values)

describe('substitute', () => {
  it('writes the terms in force with their switches', () => {
    const [first, second] = write({ advantage: 'block', value_coef: 0.5 })
    expect(first!.latex).toBe('L=-\\htmlClass{right-side}{\\htmlData{control=advantage}{sg[A]}}')
    expect(second).toMatchObject({ line: true })
    expect(second!.latex).toContain('control=value_coef}{c_v}')
  })

  it('marks a boundary on its wrong side', () => {
    expect(write({ advantage: 'pass', value_coef: 0.5 })[0]!.latex).toContain(
      '\\htmlClass{wrong-side}{\\htmlData{control=advantage}{A}}',
    )
  })

  it('keeps a comma with what it follows, and lets the line break after it', () => {
    const parts = substitute([{ latex: 'a=b' }, { latex: ',\\quad c=d,\\quad e' }], [], {})
    expect(parts.map(({ latex }) => latex)).toEqual(['a=b,', 'c=d,', 'e'])
  })

  it('leaves out a term whose condition does not hold', () => {
    expect(write({ advantage: 'block', value_coef: 0 })).toHaveLength(1)
  })

  it('writes a term that several values of a choice share', () => {
    const shared = [{ latex: 'L', when: { control: 'kl', in: ['penalty', 'adaptive_penalty'] } }]
    expect(substitute(shared, [], { kl: 'penalty' })).toHaveLength(1)
    expect(substitute(shared, [], { kl: 'none' })).toHaveLength(0)
  })

  it('asks for all conditions of a term', () => {
    const when = { control: 'advantage', is: 'block', and: { control: 'value_coef', not: 0 } }
    const terms = (value_coef: number) =>
      substitute([{ latex: 'x', when }], [], { advantage: 'block', value_coef }).length
    expect([terms(1), terms(0)]).toEqual([1, 0])
  })

  it('writes a flag that does nothing as if it were off', () => {
    const terms = { true: 'w', false: '' }
    const idle = control({ name: 'gamma_t', kind: 'flag', terms, when: [{ control: 'advantage', is: 'pass' }] })
    const written = (advantage: string) => substitute([{ latex: '@gamma_t@V' }], [idle], { advantage, gamma_t: true })
    expect(written('block')[0]!.latex).toBe('V')
    expect(written('pass')[0]!.latex).toContain('w')
  })

  it('does not call a changed number wrong', () => {
    expect(write({ advantage: 'block', value_coef: 3 })[1]!.latex).toContain('right-side')
  })
})

describe('what is said of a boundary', () => {
  const boundary = { ...gate, doc: 'Holds the advantage constant.', effect: 'The critic is trained too.' }

  it('names the side that each sentence is true of', () => {
    expect(docText(boundary, 'block')).toBe('Holds the advantage constant.')
    expect(docText(boundary, 'pass')).toBe('If blocked: Holds the advantage constant.')
    expect(effectText(boundary)).toBe('If passed: The critic is trained too.')
  })
})
