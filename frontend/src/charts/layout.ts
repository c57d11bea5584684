import { tick } from '../paint/format'
import type { Layout } from '../paint/plot'
import type { Range } from '../paint/ranges'
import { faded, type Palette } from '../paint/theme'
import { type Scale, shareOf } from './scale'
import type { ChartInput, Figure, Mark } from './types'

/** Room around the plot area, in pixels; the cursor line is placed with the same numbers. */
export const MARGIN = { l: 46, r: 16, t: 8, b: 25 }

interface AxisLook {
  range: Range
  ticks: number[]
  labels?: string[]
  log?: boolean
  fixed: boolean
  grid: boolean
  /** Pixels between axis and labels. */
  standoff?: number
}

function axis(look: AxisLook, palette: Palette): object {
  return {
    range: look.range,
    type: look.log ? 'log' : 'linear',
    tickvals: look.ticks,
    ticktext: look.labels ?? look.ticks.map(tick),
    fixedrange: look.fixed,
    showgrid: look.grid,
    gridcolor: palette.grid,
    gridwidth: 1,
    zeroline: false,
    ticklabelstandoff: look.standoff ?? 0,
    showline: false,
    ticks: '',
  }
}

/** What a frame depends on. */
export type Surface = Pick<ChartInput, 'width' | 'height' | 'palette'>

/** The common frame of every chart: thin rules, own ticks, no legend, no hover machinery. */
export function frame(input: Surface, x: Omit<AxisLook, 'grid'>, y: AxisLook, extra: Layout = {}): Layout {
  return {
    width: input.width,
    height: input.height,
    margin: { ...MARGIN, pad: 0 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: "'Inter Variable', system-ui, sans-serif", size: 11, color: input.palette.faint },
    showlegend: false,
    hovermode: false,
    dragmode: x.fixed ? false : 'zoom',
    xaxis: axis({ ...x, grid: false, standoff: 4 }, input.palette),
    yaxis: axis(y, input.palette),
    ...extra,
  }
}

/** A dotted rule per mark; labels only where there is room for them. */
export function markShapes(
  marks: Mark[],
  scale: Scale,
  input: ChartInput,
): { shapes: object[]; annotations: object[] } {
  const [from, to] = scale.range
  const inside = marks.filter((mark) => mark.x >= from && mark.x <= to)
  const colour = (mark: Mark) => mark.colour ?? (mark.wrong ? input.palette.red : input.palette.faint)
  const shapes = inside.map((mark) => ({
    type: 'line',
    xref: 'x',
    yref: 'paper',
    x0: mark.x,
    x1: mark.x,
    y0: 0,
    y1: 1,
    line: { color: colour(mark), width: 1, dash: 'dot' },
  }))
  const pixels = input.width - MARGIN.l - MARGIN.r
  let free = Infinity
  const annotations: object[] = []
  for (const mark of inside.toReversed()) {
    const at = shareOf(mark.x, scale) * pixels
    const width = mark.label.length * 5.6 + 8
    const left = at + width > pixels
    if ((left ? at : at + width) > free) continue
    free = left ? at - width : at
    annotations.push({
      xref: 'x',
      yref: 'paper',
      // Plotly places shapes on a logarithmic axis by value, annotations by exponent.
      x: scale.log ? Math.log10(mark.x) : mark.x,
      y: 1,
      xanchor: left ? 'right' : 'left',
      yanchor: 'top',
      showarrow: false,
      text: mark.label,
      // A run's colour is dark enough for a line, not for letters this small.
      font: { size: 10, color: mark.colour ? input.palette.faint : colour(mark) },
      bgcolor: faded(input.palette.card, 0.92),
      borderpad: 1,
    })
  }
  return { shapes, annotations }
}

export function band(healthy: Range, input: ChartInput): object {
  const [y0, y1] = healthy
  return {
    type: 'rect',
    layer: 'below',
    xref: 'paper',
    yref: 'y',
    x0: 0,
    x1: 1,
    y0,
    y1,
    line: { width: 0 },
    fillcolor: input.palette.band,
  }
}

/** A word about the scale, in the upper or lower left corner of the plot. */
export function corner(text: string, input: ChartInput, side: 'top' | 'bottom' = 'top'): object {
  return {
    xref: 'paper',
    yref: 'paper',
    x: 0,
    y: side === 'top' ? 1 : 0,
    xanchor: 'left',
    yanchor: side,
    xshift: 3,
    showarrow: false,
    text,
    font: { size: 10.5, color: input.palette.faint },
    bgcolor: faded(input.palette.card, 0.8),
    borderpad: 1,
  }
}

export const ghost = (colour: string): string => faded(colour, 0.38)

const WAITING = 'Waiting for the first'

/** Said when a painted picture does not know yet that numbers have come. */
export const READING = 'Reading …'

export const isWaiting = (text: string): boolean => text.startsWith(WAITING)

/** Why nothing is drawn: a run with updates has numbers on their way, another has not begun. */
export const awaited = (input: ChartInput, state: string | undefined, what: string): string =>
  state === 'error'
    ? 'Could not be read; trying again.'
    : state === 'ready' || input.now === 0
      ? `${WAITING} ${what}.`
      : READING

/** A figure that says why there is nothing to see. */
export function nothing(input: ChartInput, empty: string, timeAxis: boolean): Figure {
  const look = { range: [0, 1] as Range, ticks: [], fixed: true }
  return {
    data: [],
    layout: frame(input, look, { ...look, grid: false }),
    heads: [],
    x: [0, 1],
    timeAxis,
    shown: 0,
    total: 0,
    nonfinite: 0,
    empty,
    probe: () => null,
    table: () => ({ header: [], rows: [] }),
  }
}
