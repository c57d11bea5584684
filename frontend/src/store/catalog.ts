import { signal } from '@preact/signals'
import type { Algorithm, Catalog, Control, Environment, Metric } from '../wire/types'

/** What the engine declares, read once per page. */
export const catalog = signal<Catalog | null>(null)

export const algorithmOf = (id: string): Algorithm | undefined =>
  catalog.value?.algorithms.find((algorithm) => algorithm.id === id)

export const controlsOf = (algorithm: string): Control[] => catalog.value?.controls[algorithm] ?? []

export const environmentOf = (id: string | undefined): Environment | undefined =>
  catalog.value?.environments.find((environment) => environment.id === id)

export const metricOf = (name: string, kind: Metric['kind'] = 'scalar'): Metric | undefined =>
  catalog.value?.metrics.find((metric) => metric.name === name && metric.kind === kind)
