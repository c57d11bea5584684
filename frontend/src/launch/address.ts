import type { Catalog, Value } from '../wire/types'
import { baseOf, changedPaths, type Fields, type Source } from './fields'

const RESERVED = new Set(['recipe', 'from'])

/** What of the form differs from its source, as a query that reproduces it. */
export function writeQuery(start: Record<string, string>, fields: Fields, catalog: Catalog, source: Source): string {
  const query = new URLSearchParams(start)
  const base = baseOf(catalog, source, fields.algorithm ?? '')
  if (fields.algorithm !== source.fields.algorithm) query.set('algorithm', String(fields.algorithm))
  for (const path of changedPaths(fields, base)) query.set(path, String(fields[path] ?? ''))
  return `?${query}`
}

/** The form that a query describes; names that no form has are passed over. */
export function readQuery(search: string, catalog: Catalog, source: Source): Fields {
  const query = new URLSearchParams(search)
  const algorithm = query.get('algorithm') ?? source.fields.algorithm ?? ''
  const known = catalog.controls[String(algorithm)] ? algorithm : (source.fields.algorithm ?? '')
  const base = baseOf(catalog, source, known)
  const given = [...query].filter(([path]) => !RESERVED.has(path) && path !== 'algorithm' && isField(path, base))
  const values = given.map(([path, text]) => [path, readValue(path, text, catalog, String(known))])
  return { ...base, ...Object.fromEntries(values), algorithm: known }
}

const isField = (path: string, base: Fields) =>
  path in base ||
  /^(environment\.(num_envs|kwargs\..+)|budget\.(env_steps|updates|episodes)|name|tags|pace|seeds)$/.test(path)

function readValue(path: string, text: string, catalog: Catalog, algorithm: string): Value {
  if (['name', 'tags', 'seeds', 'environment.id'].includes(path)) return text
  const control = catalog.controls[algorithm]?.find(({ name }) => path === `controls.${name}`)
  if (control?.values) return control.values.find((value) => String(value) === text) ?? text
  return scalar(text)
}

/** A number, a flag or a text, as it was typed. */
export function scalar(text: string): Value {
  const trimmed = text.trim()
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
}
