import { describe, expect, it } from 'vitest'
import { event, run } from '../testing/fixtures'
import { ApiError } from '../wire/api'
import { ControlsStore, type SendEdit } from './controls'

function store(send: SendEdit) {
  let id = 0
  const controls = new ControlsStore(send, () => `e${++id}`)
  controls.fromRun(run())
  return controls
}

const changed = (editId: string, version: number, value: string) =>
  event(9, 'control_changed', {
    edit_id: editId,
    version,
    by: 'ann',
    changes: [{ name: 'advantage', old: 'block', new: value }],
  })

describe('ControlsStore', () => {
  it('holds an edit as pending until the event confirms it', async () => {
    const controls = store(async () => ({ edit_id: 'e1', version: 2 }))
    await controls.edit('advantage', 'pass')
    expect(controls.confirmed.value.advantage).toBe('block')
    expect(controls.shown('advantage')).toBe('pass')
    controls.event(changed('e1', 2, 'pass'))
    expect(controls.confirmed.value.advantage).toBe('pass')
    expect(controls.pending.value).toEqual({})
  })

  it('shows why the run refused', async () => {
    const controls = store(async () => ({ edit_id: 'e1', version: 2 }))
    await controls.edit('advantage', 'pass')
    controls.event(event(9, 'control_refused', { edit_id: 'e1', error: { message: 'needs a critic' } }))
    expect(controls.shown('advantage')).toBe('block')
    expect(controls.refused.value.advantage?.message).toBe('needs a critic')
  })

  it('says who was first on a conflict and takes their value', async () => {
    const current = { version: 5, values: { advantage: 'pass' }, by: 'ann' }
    const error = { code: 'stale', message: 'stale', field: null, did_you_mean: [], current }
    const controls = store(async () => Promise.reject(new ApiError(409, error)))
    await controls.edit('advantage', 'pass')
    expect(controls.refused.value.advantage?.conflict?.by).toBe('ann')
    expect(controls.confirmed.value.advantage).toBe('pass')
    expect(controls.pending.value).toEqual({})
  })

  it('sends edits one after the other, each expecting the version of the one before', async () => {
    const expected: number[] = []
    const controls = store(async (_, version) => {
      expected.push(version)
      return { edit_id: '', version: version + 1 }
    })
    await Promise.all([controls.edit('a', 1), controls.edit('b', 2), controls.edit('c', 3)])
    expect(expected).toEqual([1, 2, 3])
  })

  it('takes what somebody else changed', () => {
    const controls = store(async () => ({ edit_id: '', version: 2 }))
    controls.event(changed('not ours', 2, 'pass'))
    expect(controls.confirmed.value.advantage).toBe('pass')
  })

  it('does not go back to an older register', () => {
    const controls = store(async () => ({ edit_id: '', version: 2 }))
    controls.event(changed('x', 3, 'pass'))
    controls.fromRun(run({ controls: { version: 2, values: { advantage: 'block' }, pending: [] } }))
    expect(controls.confirmed.value.advantage).toBe('pass')
  })

  it('takes the last own edit back, and nothing that somebody else has changed since', async () => {
    const sent: [unknown, string][] = []
    const controls = store(async (values, _, editId) => {
      sent.push([values, editId])
      return { edit_id: editId, version: 2 }
    })
    expect(controls.canUndo()).toBe(false)
    await controls.edit('advantage', 'pass')
    controls.event(changed('e1', 2, 'pass'))
    expect(controls.canUndo()).toBe(true)
    controls.undo()
    await Promise.resolve()
    await Promise.resolve()
    expect(sent[1]).toEqual([{ advantage: 'block' }, 'undo-e2'])
    controls.event(changed('undo-e2', 3, 'block'))
    expect(controls.shown('advantage')).toBe('block')
    expect(controls.canUndo()).toBe(false)

    await controls.edit('advantage', 'pass')
    controls.event(changed('somebody', 4, 'block'))
    controls.event(changed('e3', 5, 'pass'))
    controls.event(changed('somebody', 6, 'block'))
    expect(controls.canUndo()).toBe(false)
  })
})
