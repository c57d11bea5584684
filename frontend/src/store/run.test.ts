import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { columns, event, frame, run } from '../testing/fixtures'
import { live, type Sink } from '../wire/socket'
import { RunStore } from './run'

const NAME = 'policy/entropy'
let sink: Sink
let after: unknown
let head = 0
const asked: string[] = []

function answer(path: string): unknown {
  asked.push(path)
  const values = Array.from({ length: head }, (_, i) => i + 1)
  if (path.includes('/series')) return { run: 'r', epoch: 1, head, x: 'update', series: series(path, values) }
  if (path.includes('/distributions')) return { name: 'advantage', edges: [0, 1], rows: [] }
  if (path.includes('/events')) return { events: path.endsWith('after=0') ? [event(1, 'started')] : [], next: 1 }
  return run({ head, update: head })
}

/** What the run measured of what is asked for: the entropy and, in every row, its speed. */
function series(path: string, values: number[]) {
  const measured = [NAME, 'time/steps_per_second'].filter((name) => decodeURIComponent(path).includes(name))
  return Object.fromEntries(measured.map((name) => [name, columns(values)]))
}

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', async (path: string) => Response.json(answer(path)))
  vi.spyOn(live, 'subscribe').mockImplementation((_, wanted, given) => {
    sink = given
    after = wanted.after
    return () => {}
  })
})

afterEach(() => vi.restoreAllMocks())

async function opened(at: number) {
  head = at
  const store = new RunStore('r', { series: [NAME], distributions: ['advantage'], everything: true })
  await store.open()
  return store
}

const xs = (store: RunStore) => {
  const { buffer } = store.series(NAME)!
  return Array.from(buffer.x1.subarray(0, buffer.length))
}

describe('RunStore', () => {
  it('listens from exactly where the history ends', async () => {
    const store = await opened(5)
    expect(after).toEqual({ epoch: 1, seq: 5 })
    sink.frame(frame(6, 8))
    expect(xs(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(store.counters.value.update).toBe(8)
    expect(store.latest(NAME).value).toBe(8)
  })

  it('knows how long a run has trained that lacks what the first chart shows', async () => {
    head = 5
    const needs = { series: ['exact/J', NAME], distributions: [], everything: true }
    const store = new RunStore('r', needs)
    await store.open()
    expect(store.counters.value.wall).toBe(5)
  })

  it('asks for no history where there is none', async () => {
    const store = await opened(0)
    expect(asked).toEqual(['/api/runs/r'])
    sink.frame(frame(1, 2))
    expect(xs(store)).toEqual([1, 2])
  })

  it('holds each event once and follows the state', async () => {
    const store = await opened(5)
    sink.event(event(1, 'started'))
    sink.event(event(6, 'paused'))
    expect(store.events.list.value.map(({ seq }) => seq)).toEqual([1, 6])
    expect(store.run.value?.state).toBe('paused')
    sink.event(event(7, 'failed', { reason: 'killed by signal 9' }))
    expect(store.run.value).toMatchObject({ state: 'failed', reason: 'killed by signal 9' })
  })

  it('reads everything again when the stream says reload', async () => {
    const store = await opened(5)
    sink.frame(frame(6, 8))
    head = 7
    sink.reload()
    await vi.waitFor(() => expect(after).toEqual({ epoch: 1, seq: 7 }))
    expect(xs(store)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('says that a run is not there', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ error: { code: 'not_found', message: 'no' } }, { status: 404 }))
    const store = new RunStore('nope', { series: [NAME], distributions: [], everything: true })
    await store.open()
    expect(store.status.value).toBe('missing')
  })
})
