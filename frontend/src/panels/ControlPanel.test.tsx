import { fireEvent, render, screen } from '@testing-library/preact'
import { describe, expect, it, vi } from 'vitest'
import { RunStore } from '../store/run'
import { control, event, gate, run } from '../testing/fixtures'
import { ControlPanel } from './ControlPanel'

const number = control({
  name: 'clip',
  kind: 'number',
  title: 'Clip range',
  default: 0.2,
  min: 0,
  max: 1,
  group: 'policy',
})
const fixed = control({
  name: 'layers',
  kind: 'number',
  title: 'Layers',
  default: 2,
  min: 1,
  max: 4,
  live: false,
  group: 'network',
})
const flag = control({ name: 'gamma_t', kind: 'flag', title: 'Discounted weights', default: false, group: 'estimator' })

function panel(answer: () => Response) {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => answer())
  vi.stubGlobal('fetch', fetched)
  const store = new RunStore('r', { series: [], distributions: [], everything: true })
  const values = { advantage: 'block', clip: 0.2, layers: 2, gamma_t: false }
  const record = run({ controls: { version: 1, values, pending: [] } })
  store.run.value = record
  store.controls.fromRun(record)
  render(<ControlPanel store={store} controls={[number, gate, fixed, flag]} />)
  return { store, fetched }
}

const accepted = () => Response.json({ edit_id: 'x', version: 2, state: 'pending' }, { status: 202 })
const option = (name: string, group = 'Advantage') =>
  Array.from(screen.getByRole('radiogroup', { name: group }).querySelectorAll('button')).find(
    (button) => button.textContent === name,
  )!
const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('ControlPanel', () => {
  it('draws each kind of control as declared', () => {
    panel(accepted)
    expect(option('block').getAttribute('aria-checked')).toBe('true')
    expect(option('off', 'Discounted weights').getAttribute('aria-checked')).toBe('true')
    expect(screen.getByRole('spinbutton', { name: 'Clip range' })).toHaveProperty('value', '0.2')
    expect(screen.getByText(/Set at the start/)).toBeTruthy()
    expect(screen.queryByRole('spinbutton', { name: 'Layers' })).toBeNull()
  })

  it('folds what does nothing under the values in force, with the reason, and lets it be changed', () => {
    const mask = control({
      name: 'mask',
      kind: 'flag',
      title: 'Mask',
      default: false,
      live: true,
      when: [{ control: 'layers', is: 3 }],
    })
    const store = new RunStore('r', { series: [], distributions: [], everything: true })
    const record = run({ controls: { version: 1, values: { layers: 2, mask: false }, pending: [] } })
    store.run.value = record
    store.controls.fromRun(record)
    const { container } = render(<ControlPanel store={store} controls={[mask, fixed]} />)
    const folded = container.querySelector('details.idle')!
    expect(folded.hasAttribute('open')).toBe(false)
    expect(folded.querySelector('summary')!.textContent).toContain('1 that does nothing here')
    expect(folded.textContent).toContain('It acts only if Layers is 3.')
    expect(folded.querySelector('.control')!.classList.contains('locked')).toBe(false)
  })

  it('shows an edit as sent until the event, then as done', async () => {
    const { store, fetched } = panel(accepted)
    fireEvent.click(option('pass'))
    await settled()
    expect(JSON.parse(String(fetched.mock.calls[0]![1].body))).toMatchObject({
      values: { advantage: 'pass' },
      expect_version: 1,
    })
    expect(screen.getByText(/pass sent/)).toBeTruthy()
    const editId = store.controls.pending.value.advantage!.editId
    store.controls.event(
      event(5, 'control_changed', {
        edit_id: editId,
        version: 2,
        changes: [{ name: 'advantage', old: 'block', new: 'pass' }],
      }),
    )
    await settled()
    expect(screen.queryByText(/pass sent/)).toBeNull()
    expect(option('pass').className).toContain('bad')
    expect(option('pass').getAttribute('aria-checked')).toBe('true')
  })

  it('puts the old value back and says why when refused', async () => {
    panel(() =>
      Response.json({ error: { code: 'invalid_combination', message: 'gae needs a critic.' } }, { status: 422 }),
    )
    fireEvent.click(option('pass'))
    await settled()
    expect(screen.getByRole('alert').textContent).toContain('gae needs a critic.')
    expect(option('block').getAttribute('aria-checked')).toBe('true')
  })

  it('names who was first on a conflict', async () => {
    const current = { version: 4, values: { advantage: 'pass' }, by: 'ann' }
    panel(() => Response.json({ error: { code: 'stale', message: 'stale', current } }, { status: 409 }))
    fireEvent.click(option('pass'))
    await settled()
    expect(screen.getByRole('alert').textContent).toContain('ann was first')
  })

  it('tells what a boundary holds back, and where it flows when it passes', async () => {
    const { store } = panel(accepted)
    store.latest('gate/advantage').value = 0.42
    await settled()
    expect(screen.getByText('pressure 0.420 · blocked here')).toBeTruthy()
    store.controls.confirmed.value = { ...store.controls.confirmed.value, advantage: 'pass' }
    await settled()
    expect(screen.getByText('0.420 · flows into critic')).toBeTruthy()
  })

  it('locks everything once the run has ended', async () => {
    const { store } = panel(accepted)
    store.run.value = { ...store.run.value!, state: 'finished' }
    await settled()
    expect(screen.queryByRole('radiogroup', { name: 'Advantage' })).toBeNull()
  })
})
