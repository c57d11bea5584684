import { useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { shareOf } from '../charts/scale'
import { integer, short, unitText } from '../paint/format'
import { ChartBody } from '../panels/ChartBody'
import { chartMenu } from '../panels/chartMenu'
import { Drawing } from '../panels/drawing'
import { metricOf } from '../store/catalog'
import { cursor, smoothing } from '../store/view'
import { Menu } from '../ui/Menu'
import type { Gathering } from './gathering'
import type { OverlayFigure, Value } from './overlay'
import { OverlaySource } from './source'
import { nearestRun, toggleMetric } from './state'

const EPISODE: Record<string, string> = { 'episode/return': 'Return', 'episode/length': 'Episode length' }

export const titleOf = (metric: string): string => EPISODE[metric] ?? metricOf(metric)?.title ?? metric

/** One metric of all shown runs. */
export function OverlayCard({ metric, gathering }: { metric: string; gathering: Gathering }) {
  const drawing = useMemo(() => {
    const spec = { id: metric, title: titleOf(metric), timeAxis: true }
    return new Drawing(spec, new OverlaySource(metric, gathering))
  }, [metric, gathering])
  return (
    <ChartBody drawing={drawing} head={<CardHead drawing={drawing} metric={metric} />}>
      <CursorValues drawing={drawing} />
    </ChartBody>
  )
}

function CardHead({ drawing, metric }: { drawing: Drawing; metric: string }) {
  const figure = drawing.figure.value
  const thinned = figure && figure.shown < figure.total
  const notes = [figure?.note, thinned && `showing ${integer(figure.shown)} of ${integer(figure.total)}`]
  return (
    <figcaption class="chart-head">
      <h3 title={metricOf(metric)?.doc}>{drawing.spec.title}</h3>
      <span class="chart-note">{notes.filter(Boolean).join(' · ')}</span>
      {figure !== null && figure.nonfinite > 0 && <span class="badge">{integer(figure.nonfinite)} non-finite</span>}
      <span class="chart-heads">
        <small>{unitText(metricOf(metric)?.unit)}</small>
      </span>
      <Menu
        label={`${drawing.spec.title}: menu`}
        items={[...chartMenu(drawing), { text: 'Close this chart', act: () => toggleMetric(metric) }]}
      />
    </figcaption>
  )
}

const SHOWN = 8

/** What every run has at the cursor: nearest to the pointer first, in the other charts nearest to that run. */
function CursorValues({ drawing }: { drawing: Drawing }) {
  const values = useComputed(() => sorted(drawing)).value
  const figure = drawing.figure.value
  if (values.length === 0 || cursor.value === null || !figure) return null
  const right = shareOf(cursor.value, { range: figure.x, log: figure.logX ?? false }) > 0.5
  return (
    <ol class={`cursor-values ${right ? 'to-left' : ''}`}>
      {smoothing.value > 0 && <li class="faint">smoothed, {smoothing.value.toFixed(2)}</li>}
      {values.slice(0, SHOWN).map(({ id, label, note, colour, dash, value }) => (
        <li key={id}>
          <svg class={`run-dot ${dash}`} viewBox="0 0 18 8" width="18" height="8" aria-hidden="true">
            <path d="M1 4h16" style={{ stroke: colour }} />
          </svg>
          <span>{label}</span>
          {note && <small>{note}</small>}
          <strong>{short(value)}</strong>
        </li>
      ))}
      {values.length > SHOWN && <li class="faint">and {values.length - SHOWN} more</li>}
    </ol>
  )
}

function sorted(drawing: Drawing): Value[] {
  const figure = drawing.figure.value as OverlayFigure | null
  const at = cursor.value
  if (!figure || figure.empty || at === null) return []
  const values = figure.valuesAt(at)
  const height = drawing.height.value
  const pointed = height === null ? values.find(({ id }) => id === nearestRun.value)?.value : valueUp(figure, height)
  if (pointed === undefined) return values
  const log = (figure.layout.yaxis as { type: string }).type === 'log'
  const far = ({ value }: Value) => Math.abs(log ? Math.log(value / pointed) : value - pointed)
  const order = values.toSorted((a, b) => far(a) - far(b))
  if (height !== null) queueMicrotask(() => (nearestRun.value = order[0]?.id ?? null))
  return order
}

/** The value at a height of the plot area. */
function valueUp({ layout }: OverlayFigure, share: number): number {
  const { range, type } = layout.yaxis as { range: [number, number]; type: string }
  const at = range[0] + share * (range[1] - range[0])
  return type === 'log' ? 10 ** at : at
}
