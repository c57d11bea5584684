import type { Catalog, Control, Recipe, Run, Value } from '../wire/types'

/** The form as one flat record, by the dotted paths that the server's errors name and that the address carries. */
export type Fields = Readonly<Record<string, Value>>

/** Where a form began; what differs from its fields is marked. */
export interface Source {
  kind: 'recipe' | 'run' | 'scratch'
  title: string
  /** The recipe that the new run is recorded under. */
  recipe: Recipe | null
  fields: Fields
}

/** Fields that make the experiment; name, tags and seeds only label and repeat it. */
export const isExperiment = (path: string) => /^(algorithm$|environment\.|controls\.|budget\.|pace$)/.test(path)

const prefixed = (prefix: string, values: object | null | undefined): Fields =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === null ? [] : [[prefix + name, value]])),
  )

/** Every control of an algorithm at its default. */
export const defaultsOf = (catalog: Catalog, algorithm: string): Fields =>
  prefixed('controls.', Object.fromEntries((catalog.controls[algorithm] ?? []).map((row) => [row.name, row.default])))

const NUM_ENVS = 8
const ENV_STEPS = 200_000

function environmentFields(environment: { id: string; num_envs?: number; kwargs?: Record<string, Value> }): Fields {
  return {
    'environment.id': environment.id,
    'environment.num_envs': environment.num_envs ?? NUM_ENVS,
    ...prefixed('environment.kwargs.', environment.kwargs),
  }
}

export function fromRecipe(catalog: Catalog, recipe: Recipe): Source {
  const fields = {
    algorithm: recipe.algorithm,
    ...environmentFields(recipe.environment),
    ...defaultsOf(catalog, recipe.algorithm),
    ...prefixed('controls.', recipe.controls),
    ...prefixed('budget.', recipe.budget ?? { env_steps: ENV_STEPS }),
    seeds: String(recipe.seed ?? 0),
  }
  return { kind: 'recipe', title: recipe.title, recipe, fields }
}

/** The configuration of a run as it is now: with the controls in force, not those it started with. */
export function fromRun(catalog: Catalog, run: Run): Source {
  const recipe = catalog.recipes.find(({ id, algorithm }) => id === run.recipe && algorithm === run.algorithm) ?? null
  const fields = {
    algorithm: run.algorithm,
    ...environmentFields(run.environment),
    ...defaultsOf(catalog, run.algorithm),
    ...prefixed('controls.', run.controls.values),
    ...prefixed('budget.', run.budget),
    ...(typeof run.pace === 'number' && { pace: run.pace }),
    seeds: String(run.seed),
    name: `${run.name} (clone)`,
    tags: run.tags.join(', '),
  }
  return { kind: 'run', title: run.name, recipe, fields }
}

export function fromScratch(catalog: Catalog, algorithm: string): Source {
  const environment = catalog.environments.find(({ available }) => available ?? true)
  const fields = {
    algorithm,
    ...environmentFields({ id: environment?.id ?? '' }),
    ...defaultsOf(catalog, algorithm),
    'budget.env_steps': ENV_STEPS,
    seeds: '0',
  }
  const title = catalog.algorithms.find(({ id }) => id === algorithm)?.title ?? algorithm
  return { kind: 'scratch', title, recipe: null, fields }
}

/** What a form with this algorithm is held against: the source, or the algorithm's own defaults with the rest of it. */
export function baseOf(catalog: Catalog, source: Source, algorithm: Value): Fields {
  if (source.fields.algorithm === algorithm) return source.fields
  const rest = Object.entries(source.fields).filter(([path]) => !path.startsWith('controls.'))
  return { ...Object.fromEntries(rest), ...defaultsOf(catalog, String(algorithm)) }
}

/** Change the algorithm; values that were set on purpose stay where the new one has the control and takes the value. */
export function withAlgorithm(catalog: Catalog, fields: Fields, next: string): Fields {
  const before = defaultsOf(catalog, String(fields.algorithm))
  const controls = new Map((catalog.controls[next] ?? []).map((row) => [`controls.${row.name}`, row]))
  const kept = Object.entries(fields).filter(([path, value]) => {
    if (!path.startsWith('controls.')) return true
    const control = controls.get(path)
    return control !== undefined && value !== before[path] && takes(control, value)
  })
  return { ...defaultsOf(catalog, next), ...Object.fromEntries(kept), algorithm: next }
}

function takes(control: Control, value: Value): boolean {
  if (control.kind === 'number') return typeof value === 'number'
  return control.kind === 'flag' ? typeof value === 'boolean' : (control.values ?? []).includes(value)
}

const blank = (value: Value | undefined) => value === undefined || value === null || value === ''

export const same = (a: Value | undefined, b: Value | undefined) => a === b || (blank(a) && blank(b))

/** The paths whose values differ, in the order of the form. */
export function changedPaths(fields: Fields, base: Fields): string[] {
  const paths = new Set([...Object.keys(base), ...Object.keys(fields)])
  return [...paths].filter((path) => !same(fields[path], base[path]))
}

/** The values below a prefix, without those left empty. */
export function below(fields: Fields, prefix: string): Record<string, Value> {
  const pairs = Object.entries(fields).filter(([path, value]) => path.startsWith(prefix) && !blank(value))
  return Object.fromEntries(pairs.map(([path, value]) => [path.slice(prefix.length), value]))
}
