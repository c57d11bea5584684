import type {
  Axis,
  Catalog,
  DistributionReply,
  EpisodeDocument,
  EpisodePage,
  EventPage,
  LabRequest,
  LabResult,
  Run,
  RunPage,
  SeriesReply,
  Value,
  WireError,
} from './types'

/** A refusal by the server, with its code and its sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly error: WireError,
  ) {
    super(error.message)
  }
}

let unauthorised: () => void = () => {}

/** What to do when a request is answered 401. */
export function onUnauthorised(handler: () => void): void {
  unauthorised = handler
}

async function refusal(response: Response): Promise<ApiError> {
  const fallback = { code: `http_${response.status}`, message: `The server answered ${response.status}.` }
  const body = (await response.json().catch(() => null)) as { error?: WireError } | null
  return new ApiError(response.status, body?.error ?? fallback)
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
) {
  const json: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(path, {
    method,
    headers: { Accept: 'application/json', ...json, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
    signal,
  }).catch(() => {
    throw new ApiError(0, { code: 'unreachable', message: 'The server cannot be reached.' })
  })
  if (response.status === 401 && path !== '/api/session') unauthorised()
  if (!response.ok) throw await refusal(response)
  return response
}

async function json<T>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(method, path, body, headers, signal)
  return (response.status === 204 ? undefined : await response.json()) as T
}

function query(values: Record<string, string | number | null | undefined>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return pairs.length ? `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}` : ''
}

export interface Window {
  from?: number
  to?: number
  points?: number
}

/** The body of a start as it is typed: the server, not the page, says whether the values fit. */
export interface StartBody {
  recipe?: string
  algorithm?: string
  environment?: { id: string; num_envs: Value; kwargs: Record<string, Value> }
  controls?: Record<string, Value>
  budget?: Record<string, Value>
  seed?: Value
  name?: string
  tags?: string[]
  pace?: Value
}

/** What a person may rewrite on a run at any time. */
export type RunPatch = Partial<Pick<Run, 'name' | 'tags' | 'notes'>>

/** Filters, order and place of a page of runs. */
export interface RunQuery {
  limit?: number
  after?: string | null
  sort?: string
  q?: string
  state?: string
  tag?: string
  algorithm?: string
  environment?: string
  deleted?: 'true'
}

/** Bytes on disk, by what they hold. */
export interface Storage {
  total: number
  parts: Record<string, number>
}

export type Action =
  | { action: 'pause' | 'resume' | 'checkpoint' }
  | { action: 'step'; updates: number }
  | { action: 'pace'; updates_per_s: number | null }
  | { action: 'stop'; checkpoint: boolean }
  | { action: 'record'; episodes: number; seed: number | null }

const run = (id: string) => `/api/runs/${encodeURIComponent(id)}`

/** Every request of the browser part, typed. */
export const api = {
  login: (key: string) => json<void>('POST', '/api/session', { key }),
  catalog: () => json<Catalog>('GET', '/api/catalog'),
  findRuns: (q: string, limit: number) => json<RunPage>('GET', `/api/runs${query({ limit, q, sort: '-created' })}`),
  runs: (asked: RunQuery) => json<RunPage>('GET', `/api/runs${query({ ...asked })}`),
  run: (id: string) => json<Run>('GET', run(id)),
  start: (body: StartBody, key: string) => json<Run>('POST', '/api/runs', body, { 'Idempotency-Key': key }),
  validate: (body: StartBody) => json<{ ok: boolean; errors: WireError[] }>('POST', '/api/validate', body),
  lab: (body: LabRequest, signal: AbortSignal) => json<LabResult>('POST', '/api/lab', body, {}, signal),
  queue: () => json<{ places: number; busy: number }>('GET', '/api/queue'),
  patch: (id: string, change: RunPatch) => json<Run>('PATCH', run(id), change),
  remove: (id: string) => json<void>('DELETE', run(id)),
  act: (id: string, action: Action) => json<{ action_id: string }>('POST', `${run(id)}/actions`, action),
  edit: (id: string, values: Record<string, Value>, expectVersion: number, editId: string) =>
    json<{ edit_id: string; version: number; state: string }>('PATCH', `${run(id)}/controls`, {
      values,
      expect_version: expectVersion,
      edit_id: editId,
    }),
  series: (id: string, names: string[], x: Axis, window: Window = {}) =>
    json<SeriesReply>('GET', `${run(id)}/series${query({ names: names.join(','), x, ...window })}`),
  distributions: (id: string, name: string, window: Window = {}) =>
    json<DistributionReply>('GET', `${run(id)}/distributions${query({ name, ...window })}`),
  events: (id: string, epoch: number, after: number) =>
    json<EventPage>('GET', `${run(id)}/events${query({ epoch, after })}`),
  storage: (id: string) => json<Storage>('GET', `${run(id)}/storage`),
  restore: (id: string) => json<Run>('POST', `${run(id)}/restore`),
  episodes: (id: string, after?: string | null) =>
    json<EpisodePage>('GET', `${run(id)}/episodes${query({ limit: 50, after })}`),
  episode: (id: string, n: number) => json<EpisodeDocument>('GET', `${run(id)}/episodes/${n}`),
  log: async (id: string) => (await send('GET', `${run(id)}/log`)).text(),
}
