import { scalar } from '../launch/address'
import type { LabRequest, Value } from '../wire/types'
import type { Estimator, Parameters } from './experiment'

/** Separates the parts of a row; names are escaped so that they never hold one. */
const BETWEEN = '~'

/** The whole experiment as a query. */
export function writeLab(request: LabRequest): string {
  const query = new URLSearchParams({ mdp: request.environment.id })
  put(query, 'mdp', request.environment.kwargs)
  query.set('gamma', String(request.gamma))
  putKind(query, 'policy', request.policy)
  if (request.behaviour) putKind(query, 'data', request.behaviour)
  for (const name of ['batch', 'batches', 'seed'] as const) query.set(name, String(request[name]))
  for (const row of request.estimators) query.append('row', writeRow(row))
  return `?${query}`
}

/** The experiment that a query describes, null if it names no estimator; what fits is the server's to say. */
export function readLab(search: string): LabRequest | null {
  const query = new URLSearchParams(search)
  const rows = query.getAll('row').map(readRow)
  const mdp = query.get('mdp')
  if (!mdp || rows.length === 0) return null
  const number = (name: string, usual: number) => (query.has(name) ? Number(query.get(name)) : usual)
  return {
    environment: { id: mdp, kwargs: below(query, 'mdp') },
    gamma: number('gamma', 0.95),
    policy: { kind: query.get('policy') ?? 'uniform', ...below(query, 'policy') },
    behaviour: query.has('data') ? { kind: query.get('data')!, ...below(query, 'data') } : null,
    batch: number('batch', 16),
    batches: number('batches', 500),
    seed: number('seed', 0),
    estimators: rows,
  }
}

function putKind(query: URLSearchParams, prefix: string, { kind, ...rest }: Parameters): void {
  query.set(prefix, String(kind))
  put(query, prefix, rest)
}

function put(query: URLSearchParams, prefix: string, values: Parameters): void {
  for (const [name, value] of Object.entries(values)) query.set(`${prefix}.${name}`, String(value))
}

function below(query: URLSearchParams, prefix: string): Parameters {
  const start = `${prefix}.`
  return Object.fromEntries(
    [...query].flatMap(([name, text]) => (name.startsWith(start) ? [[name.slice(start.length), scalar(text)]] : [])),
  )
}

const escaped = (text: string) => text.replace(/[%~=]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
const unescaped = (text: string) =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

function writeRow({ name, settings }: Estimator): string {
  const parts = Object.entries(settings).map(([key, value]) => `${escaped(key)}=${escaped(String(value))}`)
  return [escaped(name), ...parts].join(BETWEEN)
}

function readRow(text: string): Estimator {
  const [name, ...parts] = text.split(BETWEEN)
  const settings = parts.map((part): [string, Value] => {
    const at = part.indexOf('=')
    return [unescaped(part.slice(0, at)), scalar(unescaped(part.slice(at + 1)))]
  })
  return { name: unescaped(name ?? ''), settings: Object.fromEntries(settings) }
}
