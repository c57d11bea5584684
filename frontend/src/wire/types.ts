/** The wire, by its short names. */

/** A JSON number; non-finite values are spelled out, null is "not measured". */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity' | null

export type Value = string | number | boolean | null
export type Axis = 'update' | 'env_steps' | 'episodes' | 'wall'
export type RunState = 'queued' | 'starting' | 'running' | 'paused' | 'stopping' | 'finished' | 'stopped' | 'failed'

export interface WireError {
  code: string
  message: string
  field?: string | null
  did_you_mean?: string[]
  current?: unknown
}

export interface PendingEdit {
  edit_id: string
  version: number
  by?: string | null
  values: Record<string, Value>
}

export interface Run {
  id: string
  name: string
  recipe: string | null
  algorithm: string
  environment: { id?: string; num_envs?: number; kwargs?: Record<string, unknown> }
  seed: number
  budget: { env_steps?: number }
  state: RunState
  reachable: boolean
  reason: string | null
  version: number
  epoch: number
  head: number
  update: number
  env_steps: number
  episodes: number
  controls: { version: number; values: Record<string, Value>; pending: PendingEdit[] }
  pace: number | null
  parent: unknown
  owner: string
  tags: string[]
  notes: string
  created: string
  started: string | null
  ended: string | null
  reproducible: { exact: boolean; reason: string | null }
}

export interface Rows {
  update: number[]
  n: number[]
  grad_steps: number[]
  env_steps: number[]
  episodes: number[]
  wall: number[]
}

export interface EndedEpisode {
  episode: number
  update: number
  env_steps: number
  wall: number
  return: WireNumber
  length: number
  kind: string
}

export interface SparseHistogram {
  update: number
  grid: string
  n: number
  min: WireNumber
  max: WireNumber
  nonfinite: number
  counts: [number, number][]
}

export interface ScalarColumn {
  last: WireNumber[]
  min?: WireNumber[]
  max?: WireNumber[]
}

export interface FrameMessage {
  type: 'frame'
  run: string
  epoch: number
  first_seq: number
  seq: number
  rows: Rows
  scalars: Record<string, ScalarColumn>
  ended: EndedEpisode[]
  distributions: Record<string, SparseHistogram>
}

export interface EventMessage {
  type: 'event'
  run: string
  epoch: number
  seq: number
  kind: string
  at_update: number
  wall: number
  data: Record<string, unknown>
}

export interface SkipMessage {
  type: 'skip'
  run: string
  epoch: number
  from: number
  to: number
  reason: string
}

export interface SubscribedMessage {
  type: 'subscribed'
  id: number
  run: Run
  epoch: number
  head: number
  resume: 'live' | 'replay' | 'reload'
}

export interface RunMessage {
  type: 'run'
  run: Run
}

export interface ViewMessage {
  type: 'view'
  run: string
  update: number
  t: number
}

export interface ErrorMessage {
  type: 'error'
  id: number | null
  error: WireError
}

export type ServerMessage =
  | SubscribedMessage
  | FrameMessage
  | EventMessage
  | SkipMessage
  | RunMessage
  | ViewMessage
  | ErrorMessage

export interface SeriesColumns {
  unit: string
  total: number
  raw: boolean
  x0: number[]
  x1: number[]
  n: number[]
  nonfinite: number[]
  min: WireNumber[]
  max: WireNumber[]
  mean: WireNumber[]
  last: WireNumber[]
}

export interface SeriesReply {
  run: string
  epoch: number
  head: number
  x: Axis
  series: Record<string, SeriesColumns>
}

export interface DistributionRow {
  first_update: number
  update: number
  n: number
  min: WireNumber
  max: WireNumber
  nonfinite: number
  counts: number[]
}

export interface DistributionReply {
  name: string
  edges: number[]
  rows: DistributionRow[]
}

export interface EquationTerm {
  latex: string
  when?: { control: string; is?: Value; not?: Value } | null
}

export interface Algorithm {
  id: string
  title: string
  doc: string
  ref?: string
  equation: EquationTerm[]
}

export type ControlKind = 'gate' | 'choice' | 'number' | 'flag'

export interface Control {
  name: string
  title?: string
  kind: ControlKind
  spec?: string | null
  values?: Value[] | null
  default: Value
  live: boolean
  edges?: [string, string][] | null
  latex?: string | null
  doc: string
  effect?: string | null
  terms?: Record<string, string> | null
  group?: string | null
  boundary?: boolean | null
  ref?: string | null
  unit?: string | null
  min?: number | null
  max?: number | null
  integer?: boolean | null
  log?: boolean | null
}

export interface Metric {
  name: string
  kind: 'scalar' | 'distribution'
  title?: string
  unit: string
  latex?: string
  doc: string
  healthy?: [number | null, number | null] | null
  colour?: string | null
  grid?: string
  edges?: number[]
}

export interface Environment {
  id: string
  title?: string
  doc?: string
  solved_at?: number | null
  max_episode_steps?: number | null
  available?: boolean
  needs?: string | null
}

export interface Recipe {
  id: string
  title: string
  doc: string
  algorithm: string
  environment: { id: string; num_envs?: number }
  controls?: Record<string, Value>
  seed?: number
  budget?: { env_steps?: number }
  seeds?: { tried: number; reached: number; median_s: number | null; bar?: string } | null
}

export interface Catalog {
  algorithms: Algorithm[]
  environments: Environment[]
  recipes: Recipe[]
  metrics: Metric[]
  controls: Record<string, Control[]>
}
