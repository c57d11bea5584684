import { describe, expect, it } from 'vitest'
import { run } from '../testing/fixtures'
import type { StartBody } from '../wire/api'
import { Batch, newStart } from './batch'

describe('Batch', () => {
  it('sends each start with its own key, in order, and goes on after a failure', async () => {
    const sent: [unknown, string][] = []
    let broken = true
    const send = async (body: StartBody, key: string) => {
      sent.push([body.seed, key])
      if (body.seed === 1 && broken) throw new Error('The server cannot be reached.')
      return run({ id: `run-${body.seed}` })
    }
    const batch = new Batch(
      [0, 1, 2].map((seed) => newStart(seed, { seed }, `key-${seed}`)),
      send,
    )
    expect(await batch.go()).toBe(false)
    expect(batch.started.value.map((start) => start.run)).toEqual(['run-0', 'run-2'])
    expect(batch.failed.value[0]!.error).toContain('cannot be reached')

    broken = false
    expect(await batch.go()).toBe(true)
    // Only the failed one again, under the key of its first try.
    expect(sent.map(([, key]) => key)).toEqual(['key-0', 'key-1', 'key-2', 'key-1'])
  })
})
