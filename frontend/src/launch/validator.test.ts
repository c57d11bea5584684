import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StartBody } from '../wire/api'
import { Validator } from './validator'

type Answer = { ok: boolean; errors: { code: string; message: string; field?: string }[] }

describe('Validator', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function held() {
    const asked: { body: StartBody; answer: (answer: Answer) => void }[] = []
    const send = (body: StartBody) => new Promise<Answer>((answer) => asked.push({ body, answer }))
    return { asked, validator: new Validator(send) }
  }
  const wrong = (message: string): Answer => ({ ok: false, errors: [{ code: 'x', message, field: 'controls.gamma' }] })

  it('asks once when the typing rests, about the last state', () => {
    const { asked, validator } = held()
    for (const seed of [1, 2, 3]) validator.ask({ seed })
    expect(asked).toHaveLength(0)
    vi.advanceTimersByTime(1000)
    expect(asked.map(({ body }) => body.seed)).toEqual([3])
    expect(validator.verdict.value).toBe('checking')
  })

  it('drops the answer to an older question', async () => {
    const { asked, validator } = held()
    validator.ask({ seed: 1 })
    vi.advanceTimersByTime(1000)
    validator.ask({ seed: 2 })
    vi.advanceTimersByTime(1000)
    asked[1]!.answer({ ok: true, errors: [] })
    await vi.advanceTimersByTimeAsync(0)
    asked[0]!.answer(wrong('old'))
    await vi.advanceTimersByTimeAsync(0)
    expect(validator.verdict.value).toBe('good')
    expect(validator.errors.value).toEqual([])
  })

  it('keeps the last errors while it asks again, and says when nobody answers', async () => {
    const { asked, validator } = held()
    validator.ask({ seed: 1 })
    vi.advanceTimersByTime(1000)
    asked[0]!.answer(wrong('gamma is 1.4; allowed 0 to 1.'))
    await vi.advanceTimersByTimeAsync(0)
    expect(validator.verdict.value).toBe('bad')
    validator.ask({ seed: 1 })
    expect(validator.errors.value[0]!.message).toContain('1.4')
    const away = new Validator(() => Promise.reject(new Error('away')))
    away.ask({})
    await vi.advanceTimersByTimeAsync(1000)
    expect(away.verdict.value).toBe('unreachable')
  })
})
