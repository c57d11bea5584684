import { signal } from '@preact/signals'
import type { Algorithm, Catalog, Control, Environment, Metric } from '../wire/types'

/** What the engine declares, read once per page. */
export const catalog = signal<Catalog | null>(null)

/** The engine's sentences mark names with backticks, which this page shows as any other word. */
export const unmarked = (declared: Catalog): Catalog => ({
  ...declared,
  controls: Object.fromEntries(Object.entries(declared.controls).map(([id, rows]) => [id, rows.map(plain)])),
  environments: declared.environments.map(plain),
  laboratory: declared.laboratory && {
    ...declared.laboratory,
    environments: declared.laboratory.environments.map(plain),
  },
})

function plain<T extends { doc?: string | null; effect?: string | null }>(row: T): T {
  return { ...row, doc: row.doc?.replaceAll('`', ''), effect: row.effect?.replaceAll('`', '') }
}

export const algorithmOf = (id: string): Algorithm | undefined =>
  catalog.value?.algorithms.find((algorithm) => algorithm.id === id)

export const controlsOf = (algorithm: string): Control[] => catalog.value?.controls[algorithm] ?? []

export const environmentOf = (id: string | undefined): Environment | undefined =>
  catalog.value?.environments.find((environment) => environment.id === id)

export const metricOf = (name: string, kind: Metric['kind'] = 'scalar'): Metric | undefined =>
  catalog.value?.metrics.find((metric) => metric.name === name && metric.kind === kind)
