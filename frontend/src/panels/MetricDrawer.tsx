import { useState } from 'preact/hooks'
import { short, unitText } from '../paint/format'
import type { RunStore } from '../store/run'
import { extraCharts, toggleExtra } from '../store/view'
import { Dialog } from '../ui/Dialog'
import type { Metric } from '../wire/types'

/** Every declared metric; a tick adds its chart to the desk. */
export function MetricDrawer({ store, metrics, onClose }: { store: RunStore; metrics: Metric[]; onClose(): void }) {
  const [filter, setFilter] = useState('')
  const wanted = filter.trim().toLowerCase()
  const found = metrics.filter((metric) =>
    `${metric.name} ${metric.title ?? ''} ${metric.doc}`.toLowerCase().includes(wanted),
  )
  return (
    <Dialog title="All metrics" drawer onClose={onClose}>
      <div class="metric-list">
        <input
          type="search"
          placeholder="Filter"
          aria-label="Filter metrics"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <ul>
          {found.map((metric) => (
            <li key={`${metric.kind} ${metric.name}`}>
              <MetricChoice store={store} metric={metric} />
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="faint">No metric matches “{filter}”.</p>}
      </div>
    </Dialog>
  )
}

function MetricChoice({ store, metric }: { store: RunStore; metric: Metric }) {
  const key = metric.kind === 'scalar' ? metric.name : `~${metric.name}`
  const unit = unitText(metric.unit)
  return (
    <label>
      <input type="checkbox" checked={extraCharts.value.includes(key)} onChange={() => toggleExtra(key)} />
      <span>{metric.title ?? metric.name}</span>
      <span class="value">
        {metric.kind === 'scalar' ? `${short(store.latest(metric.name).value)} ${unit}` : 'histogram'}
      </span>
      <small>{metric.doc}</small>
    </label>
  )
}
