import type { Environment, Metric } from '../wire/types'
import { barsFigure } from './bars'
import { lineFigure } from './lines'
import { type ChartSpec, chart } from './types'

const modules = import.meta.glob<{ default: ChartSpec }>('./*.chart.ts', { eager: true })

/** Every chart that has a file, in the order of the desk. */
export const CHARTS: ChartSpec[] = Object.values(modules)
  .map((module) => module.default)
  .sort((a, b) => a.order - b.order)

/** Charts of which the catalog declares something to draw: in an environment (null = one that it does not list) or any. */
export function offered(metrics: Metric[], environment?: Environment | null): ChartSpec[] {
  const declared = new Set(metrics.map((metric) => metric.name))
  const known = (name: string) => declared.has(name) || name.startsWith('episode/')
  return CHARTS.filter((spec) => {
    const needs = [...spec.series(metrics), ...(spec.distributions ?? [])]
    return needs.some(known) && (environment === undefined || (spec.fits?.(environment) ?? true))
  })
}

/** The chart that any declared metric gets without a file of its own. */
export function defaultChart(metric: Metric): ChartSpec {
  const common = { id: `metric:${metric.name}`, title: metric.title ?? metric.name, order: 1000, doc: metric.doc }
  if (metric.kind === 'scalar') {
    return chart({
      ...common,
      series: () => [metric.name],
      timeAxis: true,
      figure: (input) => lineFigure(input, { lines: [{ metric: metric.name }] }),
    })
  }
  return chart({
    ...common,
    series: () => [],
    distributions: [metric.name],
    timeAxis: false,
    figure: (input) =>
      barsFigure(input, { distribution: metric.name, colour: () => metric.colour ?? 'blue', heads: () => [] }),
  })
}
