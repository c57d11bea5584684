import type { components } from '../generated/types'

/** The wire, by its short names; every shape is generated from the server's models. */
type Schemas = components['schemas']

type Spelled = 'NaN' | 'Infinity' | '-Infinity'
type Plain<T> = T extends (infer Item)[] ? Exclude<Item, Spelled>[] : Exclude<T, Spelled>
/** `T` with the fields `K` as plain numbers: positions, times and bounds are never non-finite. */
type Finite<T, K extends keyof T> = Omit<T, K> & { [Field in K]: Plain<T[Field]> }

/** A JSON number; non-finite values are spelled out, null is "not measured". */
export type WireNumber = Schemas['Number'] | null

export type Value = Schemas['ControlValue']
export type Axis = 'update' | 'env_steps' | 'episodes' | 'wall'
export type WireError = Pick<Schemas['ErrorObject'], 'code' | 'message'> & Partial<Schemas['ErrorObject']>

export type Run = Finite<Schemas['Run'], 'pace'>
export type RunState = Run['state']
export type Rows = Finite<Schemas['Rows'], 'wall'>
export type EndedEpisode = Finite<Schemas['EndedEpisode'], 'wall'>
export type SparseHistogram = Schemas['Distribution']
export type ScalarColumn = Schemas['Scalars']

export type FrameMessage = Omit<Schemas['FrameMessage'], 'rows' | 'ended'> & { rows: Rows; ended: EndedEpisode[] }
export type EventMessage = Finite<Schemas['EventMessage'], 'wall'>
export type SkipMessage = Schemas['SkipMessage']
export type SubscribedMessage = Omit<Schemas['Subscribed'], 'run'> & { run: Run }
export type DeletedMessage = Schemas['DeletedMessage']
export type ErrorMessage = Schemas['ErrorMessage']
export type RunMessage = Omit<Schemas['RunMessage'], 'run'> & { run: Run }
/** Every tag that the server can send, with the numbers made plain where they are. */
export type ServerMessage =
  | Exclude<Schemas['ServerMessage'], { type: 'frame' | 'event' | 'subscribed' | 'run' | 'watching' | 'view' }>
  | FrameMessage
  | EventMessage
  | SubscribedMessage
  | RunMessage
  | WatchingMessage
  | ViewMessage

export type SeriesColumns = Finite<Schemas['Series'], 'x0' | 'x1'>
export type SeriesReply = Omit<Schemas['SeriesAnswer'], 'series'> & { series: Record<string, SeriesColumns> }
export type DistributionReply = Finite<Schemas['DistributionAnswer'], 'edges'>
export type DistributionRow = Schemas['DistributionRow']
export type RunPage = Omit<Schemas['RunPage'], 'runs'> & { runs: Run[] }
export type EventPage = Omit<Schemas['EventPage'], 'events'> & { events: EventMessage[] }

export type Catalog = Omit<Schemas['Catalog'], 'recipes' | 'controls' | 'metrics' | 'laboratory'> & {
  laboratory?: Laboratory | null
  metrics: Metric[]
  recipes: Recipe[]
  controls: Record<string, Control[]>
}
/** An experiment of the laboratory and what it found. */
export interface LabRequest {
  environment: { id: string; kwargs: Record<string, Value> }
  gamma: number
  policy: Record<string, Value>
  behaviour: Record<string, Value> | null
  estimators: { name: string; settings: Record<string, Value> }[]
  batch: number
  batches: number
  seed: number
}
export type LabRow = Schemas['LabRow']
export type LabResult = Omit<Schemas['LabResult'], 'request'> & { request: LabRequest }
export type Laboratory = Omit<Schemas['CatalogLaboratory'], 'presets'> & {
  presets: (Omit<Schemas['LabPreset'], 'request'> & { request: LabRequest })[]
}
export type Interval = Schemas['Interval']

export type Algorithm = Schemas['Algorithm']
export type EquationTerm = Schemas['Term']
export type Control = Schemas['Control'] & { min?: number | null; max?: number | null }
export type Metric = Schemas['Metric'] & { healthy?: [number | null, number | null] | null }
export type Environment = Schemas['CatalogEnvironment']
export type Recipe = Schemas['Recipe'] & {
  environment: { id: string }
  budget?: { env_steps?: number | null } | null
  seeds?: { tried: number; reached: number; median_s?: number | null; bar?: string } | null
}

/** One recorded episode as a row of the list; one whole: columns by step, and one picture more than steps. */
export type EpisodeRow = Finite<Schemas['EpisodeSummary'], 'wall'>
export type EpisodePage = Omit<Schemas['EpisodePage'], 'episodes'> & { episodes: EpisodeRow[] }
export type EpisodeDocument = Schemas['Episode']
export type WireAction = Schemas['ViewMessage']['action'] | EpisodeDocument['steps']['action'][number]

/** One step of the present policy, as it is watched. */
export type ViewMessage = Schemas['ViewMessage']
export type WatchingMessage = Schemas['Watching']
