import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { loadPlotly, Plot } from '../paint/plot'
import { palette } from '../paint/theme'
import { type Against, type Dot, dotsFigure, heightOf } from './figure'

interface Props {
  title: string
  /** What is drawn, in which unit, and how to read it. */
  note: string
  dots: Dot[]
  log: boolean
  against: Against | null
}

/** A chart of an experiment: drawn once, and again when the window or the colours change. */
export function DotChart({ title, note, dots, log, against }: Props) {
  const surface = useRef<HTMLDivElement>(null)
  useEffect(() => draw(surface.current!, dots, log, against), [dots])
  return (
    <figure class="card lab-chart">
      <figcaption>
        <h2>{title}</h2>
        <span class="faint">{note}</span>
      </figcaption>
      <div class="surface" ref={surface} style={{ height: `${heightOf(dots)}px` }} aria-hidden="true" />
    </figure>
  )
}

/** Keep a figure drawn in an element until the returned function is called. */
function draw(element: HTMLElement, dots: Dot[], log: boolean, against: Against | null): () => void {
  let plot: Plot | null = null
  let gone = false
  const paint = () => {
    const size = { width: element.clientWidth, height: element.clientHeight }
    if (plot && size.width > 40) plot.draw(...dotsFigure(dots, log, against, { ...size, palette: palette.peek() }))
  }
  const sized = new ResizeObserver(paint)
  sized.observe(element)
  const stop = effect(() => {
    void palette.value
    paint()
  })
  void loadPlotly().then((plotly) => {
    if (gone) return
    plot = new Plot(plotly, element, { zoom: () => {}, reset: () => {} })
    paint()
  })
  return () => {
    gone = true
    stop()
    sized.disconnect()
    plot?.dispose()
  }
}
