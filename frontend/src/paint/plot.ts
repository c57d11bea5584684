/** The only file that imports Plotly; everything else hands it plain figures. */

import { type Area, pathOf } from './paths'

export interface Trace {
  type: 'scatter' | 'heatmap'
  name?: string
  x: ArrayLike<number> | number[]
  y: ArrayLike<number> | (number | null)[]
  z?: ArrayLike<number>[]
  mode?: 'lines' | 'markers'
  line?: { color: string; width: number; dash?: string; shape?: string }
  marker?: { color: string; size: number; symbol?: string; line?: { color: string; width: number } }
  fill?: 'toself' | 'tozeroy'
  fillcolor?: string
  colorscale?: [number, string][]
  zmin?: number
  zmax?: number
  showscale?: boolean
  zsmooth?: false | 'fast' | 'best'
  opacity?: number
  connectgaps?: boolean
  cliponaxis?: boolean
  hoverinfo?: 'skip'
}

export type Layout = Record<string, unknown>

interface PlotlyApi {
  react(element: HTMLElement, data: Trace[], layout: Layout, config: object): Promise<unknown>
  purge(element: HTMLElement): void
  toImage(figure: object, options: object): Promise<string>
}

interface PlotlyElement extends HTMLElement {
  on?: (event: string, handler: (payload: Record<string, unknown>) => void) => void
}

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, scrollZoom: false, showTips: false }

let loading: Promise<PlotlyApi> | null = null

/** Plotly, fetched when the first chart is drawn. */
export function loadPlotly(): Promise<PlotlyApi> {
  loading ??= import('plotly.js-cartesian-dist-min').then((module) => module.default as PlotlyApi)
  return loading
}

export interface PlotEvents {
  zoom(range: [number, number]): void
  reset(): void
}

interface Frame {
  width: number
  height: number
  margin: { l: number; r: number; t: number; b: number }
  xaxis: { range: [number, number]; type: string }
  yaxis: { range: [number, number]; type: string }
}

/**
 * One chart's drawing surface. A full redraw by Plotly costs milliseconds; while only the points of lines have changed,
 * their paths are rewritten in place.
 */
export class Plot {
  private bound = false
  private drawn = ''
  private logX = false

  constructor(
    private readonly plotly: PlotlyApi,
    private readonly element: PlotlyElement,
    private readonly events: PlotEvents,
  ) {}

  draw(data: Trace[], layout: Layout): void {
    const look = JSON.stringify([layout, data.map(({ x: _x, y: _y, z: _z, ...style }) => style)])
    if (look === this.drawn && this.rewrite(data, layout as unknown as Frame)) return
    this.drawn = look
    this.logX = (layout as unknown as Frame).xaxis.type === 'log'
    void this.plotly.react(this.element, data, layout, CONFIG)
    if (!this.bound && this.element.on) this.bind()
  }

  /** False when something other than lines is drawn, or Plotly has left out an empty one. */
  private rewrite(data: Trace[], { width, height, margin, xaxis, yaxis }: Frame): boolean {
    if (data.some(({ mode }) => mode !== 'lines')) return false
    const groups = [...this.element.querySelectorAll('.scatterlayer > .trace')]
    const paths = data.map(({ fill }, i) => groups[i]?.querySelector(fill ? '.js-fill' : '.js-line'))
    if (groups.length !== data.length || paths.some((path) => !path)) return false
    const area: Area = {
      width: width - margin.l - margin.r,
      height: height - margin.t - margin.b,
      x: xaxis.range,
      y: yaxis.range,
      log: yaxis.type === 'log',
      logX: xaxis.type === 'log',
    }
    data.forEach(({ x, y, fill }, i) => {
      paths[i]!.setAttribute('d', pathOf(x, y, area, fill !== undefined))
    })
    return true
  }

  /** A picture of the figure as a data URL; of pixels there are twice as many as on screen. */
  image(
    data: Trace[],
    layout: Layout,
    size: { width: number; height: number },
    format: 'png' | 'svg',
  ): Promise<string> {
    return this.plotly.toImage({ data, layout }, { format, ...size, scale: format === 'png' ? 2 : 1 })
  }

  dispose(): void {
    this.plotly.purge(this.element)
  }

  private bind(): void {
    this.bound = true
    this.element.on?.('plotly_relayout', (change) => {
      const from = Number(change['xaxis.range[0]'])
      const to = Number(change['xaxis.range[1]'])
      this.drawn = ''
      if (to > from) this.events.zoom(this.logX ? [10 ** from, 10 ** to] : [from, to])
    })
    this.element.on?.('plotly_doubleclick', () => this.events.reset())
  }
}
