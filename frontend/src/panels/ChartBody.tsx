import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { isWaiting, MARGIN, READING } from '../charts/layout'
import { shareOf } from '../charts/scale'
import { cursor, fullChart, touchedChart } from '../store/view'
import type { Drawing } from './drawing'

interface Props {
  drawing: Drawing
  head: ComponentChildren
  /** Numbers of it have come, though it may not be painted with them yet. */
  measured?: boolean
  /** What lies over the plot area. */
  children?: ComponentChildren
}

/** The card of a chart: its head, the drawing, and the shared cursor over it. */
export function ChartBody({ drawing, head, measured, children }: Props) {
  const surface = useRef<HTMLDivElement>(null)
  useEffect(() => drawing.mount(surface.current!), [drawing])
  const { id } = drawing.spec
  const empty = drawing.empty.value
  const marks = [touchedChart.value === id && 'touched', fullChart.value === id && 'full'].filter(Boolean)
  return (
    <figure
      class={`card chart-card ${marks.join(' ')}`}
      data-chart={id}
      aria-label={drawing.spec.title}
      hidden={drawing.absent.value}
      onPointerEnter={() => drawing.touch()}
      onFocusCapture={() => drawing.touch()}
    >
      {head}
      <div class="chart-body" onPointerMove={(event) => drawing.point(event)} onPointerLeave={() => drawing.leave()}>
        <div class="surface" ref={surface} style={{ visibility: empty ? 'hidden' : 'visible' }} />
        <CursorLine drawing={drawing} />
        {empty && <p class="chart-empty">{measured && isWaiting(empty) ? READING : empty}</p>}
        {!empty && children}
      </div>
    </figure>
  )
}

function CursorLine({ drawing }: { drawing: Drawing }) {
  const figure = drawing.figure.value
  const at = cursor.value
  if (!figure?.timeAxis || at === null || at < figure.x[0] || at > figure.x[1]) return null
  const share = shareOf(at, { range: figure.x, log: figure.logX ?? false })
  return (
    <div class="cursor-line" style={{ left: `calc(${MARGIN.l}px + (100% - ${MARGIN.l + MARGIN.r}px) * ${share})` }} />
  )
}
