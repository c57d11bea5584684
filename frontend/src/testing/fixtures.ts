import type { ChartInput } from '../charts/types'
import type { Entry } from '../store/book'
import { SeriesBuffer } from '../store/series'
import type { Control, EventMessage, FrameMessage, Metric, Rows, Run, SeriesColumns } from '../wire/types'

/** What tests build on: the smallest valid objects of the wire and of the stores. */

export function buffer(values: number[], limit?: number): SeriesBuffer {
  const series = new SeriesBuffer(2, limit)
  values.forEach((value, i) => {
    series.pushValue(i + 1, value)
  })
  return series
}

export function entry(values: number[]): Entry {
  const held = buffer(values)
  return {
    state: 'ready',
    head: values.length,
    unit: '',
    total: values.length,
    raw: true,
    buffer: held,
    asking: false,
    waiting: [],
  }
}

export function rows(updates: number[]): Rows {
  return {
    update: updates,
    n: updates.map(() => 1),
    grad_steps: updates.map((u) => u * 4),
    env_steps: updates.map((u) => u * 256),
    episodes: updates.map((u) => u * 2),
    wall: updates.map((u) => u / 10),
  }
}

/** Rows first..last of a run whose row k is update k. */
export function frame(first: number, last: number, value: (update: number) => number = (u) => u): FrameMessage {
  const updates = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return {
    type: 'frame',
    run: 'r',
    epoch: 1,
    first_seq: first,
    seq: last,
    rows: rows(updates),
    scalars: { 'policy/entropy': { last: updates.map(value), min: null, max: null } },
    ended: updates.map((u) => ({
      episode: u,
      update: u,
      env_steps: u * 256,
      wall: u / 10,
      return: u,
      length: 5,
      kind: 'train',
    })),
    distributions: {},
  }
}

export function event(seq: number, kind: EventMessage['kind'], data: EventMessage['data'] = {}): EventMessage {
  return { type: 'event', run: 'r', epoch: 1, seq, kind, at_update: seq, wall: 1, data }
}

export function columns(values: number[]): SeriesColumns {
  const x = values.map((_, i) => i + 1)
  const ones = values.map(() => 1)
  const zeros = values.map(() => 0)
  return {
    unit: 'nat',
    total: values.length,
    raw: true,
    x0: x,
    x1: x,
    n: ones,
    nonfinite: zeros,
    min: values,
    max: values,
    mean: values,
    last: values,
  }
}

export function control(over: Partial<Control> & Pick<Control, 'name' | 'kind'>): Control {
  const common = {
    title: over.name,
    default: null,
    live: true,
    boundary: false,
    integer: false,
    log: false,
    doc: 'What it does.',
  }
  return { ...common, edges: [], ...over } as Control
}

export const gate = control({
  name: 'advantage',
  kind: 'gate',
  title: 'Advantage',
  values: ['block', 'pass'],
  default: 'block',
  boundary: true,
  edges: [['policy', 'critic']],
  terms: { block: 'sg[A]', pass: 'A' },
})

export function metric(name: string, over: Partial<Metric> = {}): Metric {
  return { name, kind: 'scalar', title: name, unit: 'nat', doc: '', colour: 'violet', ...over } as Metric
}

export function input(over: Partial<ChartInput> = {}): ChartInput {
  const quantities = {
    blue: '#0000ff',
    'blue-soft': '#9999ff',
    violet: '#8800ff',
    grey: '#888888',
    teal: '#008888',
    orange: '#ff8800',
    green: '#008800',
  }
  return {
    names: [],
    series: () => undefined,
    whole: () => undefined,
    histograms: () => undefined,
    metric: () => undefined,
    values: {},
    controls: [],
    environment: undefined,
    marks: [],
    place: (update) => update,
    axis: 'update',
    now: 10,
    range: null,
    smoothing: 0,
    log: false,
    logTime: false,
    calm: false,
    palette: {
      ink: '#000000',
      faint: '#777777',
      grid: '#eeeeee',
      card: '#ffffff',
      band: '#eeffee',
      cursor: '#999999',
      red: '#ff0000',
      quantities,
    },
    width: 400,
    height: 200,
    memory: new Map(),
    ...over,
  }
}

export function run(over: Partial<Run> = {}): Run {
  return {
    id: 'r',
    name: 'a run',
    state: 'running',
    version: 1,
    epoch: 1,
    controls: { version: 1, values: { advantage: 'block' }, pending: [] },
    ...over,
  } as Run
}
