import { defaultChart, offered } from '../charts'
import type { ChartSpec } from '../charts/types'
import { environmentOf } from '../store/catalog'
import type { RunStore } from '../store/run'
import { extraCharts } from '../store/view'
import type { Metric } from '../wire/types'
import { ChartCard } from './ChartCard'

/** Charts opened from the list of all metrics; a leading ~ names a distribution. */
function extras(metrics: Metric[], names: string[]): ChartSpec[] {
  return names.flatMap((key) => {
    const kind = key.startsWith('~') ? 'distribution' : 'scalar'
    const metric = metrics.find((candidate) => candidate.kind === kind && candidate.name === key.replace(/^~/, ''))
    return metric ? [defaultChart(metric)] : []
  })
}

export function ChartGrid({ store, metrics }: { store: RunStore; metrics: Metric[] }) {
  const environment = environmentOf(store.run.value?.environment.id) ?? null
  const specs = [...offered(metrics, environment), ...extras(metrics, extraCharts.value)]
  return (
    <div class="charts">
      {specs.map((spec) => (
        <ChartCard key={spec.id} spec={spec} store={store} metrics={metrics} />
      ))}
    </div>
  )
}
