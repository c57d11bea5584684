import { useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { ChartSpec, Head } from '../charts/types'
import { integer, short } from '../paint/format'
import type { RunStore } from '../store/run'
import { extraCharts, toggleExtra } from '../store/view'
import { Menu } from '../ui/Menu'
import type { Metric } from '../wire/types'
import { ChartBody } from './ChartBody'
import { chartMenu } from './chartMenu'
import { Drawing } from './drawing'
import { ChartPainter } from './painter'

interface Props {
  spec: ChartSpec
  store: RunStore
  metrics: Metric[]
}

/** One chart of a run: its head says quantity, unit and value. */
export function ChartCard({ spec, store, metrics }: Props) {
  const drawing = useMemo(() => new Drawing(spec, new ChartPainter(spec, store, metrics)), [spec.id, store])
  const measured = useComputed(() => spec.series(metrics).some((name) => store.latest(name).value !== null)).value
  const head = <CardHead drawing={drawing} spec={spec} store={store} />
  return <ChartBody drawing={drawing} head={head} measured={measured} />
}

function CardHead({ drawing, spec, store }: { drawing: Drawing; spec: ChartSpec; store: RunStore }) {
  const figure = drawing.figure.value
  const probe = drawing.probe()
  const thinned = figure?.timeAxis && figure.shown < figure.total
  const note = thinned ? `showing ${integer(figure.shown)} of ${integer(figure.total)}` : figure?.note
  return (
    <figcaption class="chart-head">
      <h3 title={spec.doc}>{spec.title}</h3>
      <span class="chart-note">{note}</span>
      {figure !== null && figure.nonfinite > 0 && <span class="badge">{integer(figure.nonfinite)} non-finite</span>}
      {probe ? (
        <span class="chart-probe">
          {probe.split(' · ').map((part) => (
            <span key={part}>{part}</span>
          ))}
        </span>
      ) : (
        <span class="chart-heads">
          {figure?.heads.map((head, i) => (
            <HeadValue key={head.metric ?? i} head={head} store={store} />
          ))}
        </span>
      )}
      <Menu label={`${spec.title}: menu`} items={[...chartMenu(drawing), ...closing(spec)]} />
    </figcaption>
  )
}

/** A chart that was opened from the list of all metrics can be closed. */
function closing({ id }: ChartSpec) {
  const own = extraCharts.value.find((key) => id === `metric:${key.replace(/^~/, '')}`)
  return own ? [{ text: 'Close this chart', act: () => toggleExtra(own) }] : []
}

/** Bound to its signal: it moves with the stream, not with the repaints. */
function HeadValue({ head, store }: { head: Head; store: RunStore }) {
  const text = head.metric ? short(store.latest(head.metric).value) : head.text
  return (
    <span>
      {head.label && <small>{head.label} </small>}
      <strong style={{ color: head.colour }}>{text}</strong>
      {head.unit && <small> {head.unit}</small>}
    </span>
  )
}
