import { frame, type Surface } from '../charts/layout'
import { decadesIn, ticksIn } from '../charts/ticks'
import { tick } from '../paint/format'
import type { Layout, Trace } from '../paint/plot'
import type { Range } from '../paint/ranges'

/** A number with its interval, on a line of its own. */
export interface Dot {
  name: string
  value: number
  low: number
  high: number
  colour: string
  /** A second number on the same line, drawn hollow. */
  second?: number
}

/** A number that all dots are held against. */
export interface Against {
  x: number
  label: string
}

const DOT = 9
const LINE = 30

export const heightOf = (dots: Dot[]): number => dots.length * LINE + 50

/** Dots with whiskers, one line per estimator, from top to bottom. */
export function dotsFigure(dots: Dot[], log: boolean, against: Against | null, surface: Surface): [Trace[], Layout] {
  const range = log ? logRange(dots) : linearRange(dots, against)
  const ticks = log ? logTicks(range) : ticksIn(range, 5)
  const rows: Range = [dots.length - 0.5, -0.5]
  const layout = frame(
    surface,
    { range, ticks, labels: ticks.map(tick), log, fixed: true },
    {
      range: rows,
      ticks: dots.map((_, i) => i),
      labels: dots.map(({ name }) => shortened(name)),
      fixed: true,
      grid: true,
    },
    { shapes: rule(against, surface), annotations: ruleLabel(against) },
  )
  const margin = { l: labelRoom(dots, surface.width), r: 18, t: against ? 18 : 8, b: 25, pad: 0 }
  const yaxis = {
    ...(layout.yaxis as object),
    tickfont: { size: 12, color: surface.palette.ink },
    ticklabelstandoff: 8,
  }
  return [
    [...dots.flatMap((dot, row) => traces(dot, row, log ? 10 ** range[0] : range[0], surface))],
    { ...layout, margin, yaxis },
  ]
}

function traces(dot: Dot, row: number, least: number, { palette }: Surface): Trace[] {
  const inside = (x: number) => Math.max(x, least)
  const found: Trace[] = [
    {
      type: 'scatter',
      mode: 'lines',
      x: [inside(dot.low), inside(dot.high)],
      y: [row, row],
      line: { color: dot.colour, width: 2 },
      hoverinfo: 'skip',
    },
    point(inside(dot.value), row, dot.colour, dot.colour),
  ]
  if (dot.second !== undefined) found.splice(1, 0, point(inside(dot.second), row, palette.card, dot.colour, 'diamond'))
  return found
}

const point = (x: number, row: number, fill: string, line: string, symbol = 'circle'): Trace => ({
  type: 'scatter',
  mode: 'markers',
  x: [x],
  y: [row],
  marker: { color: fill, size: symbol === 'circle' ? DOT : DOT + 3, symbol, line: { color: line, width: 1.5 } },
  cliponaxis: false,
  hoverinfo: 'skip',
})

function linearRange(dots: Dot[], against: Against | null): Range {
  const most = Math.max(...dots.map(({ high }) => high).filter(Number.isFinite), against?.x ?? 0, 0)
  return [0, most > 0 ? most * 1.06 : 1]
}

/** Logarithms of what holds every positive number, a tenth of a decade wider on either side. */
function logRange(dots: Dot[]): Range {
  const all = dots.flatMap(({ value, low, high, second }) => [value, low, high, second ?? value])
  const positive = all.filter((x) => x > 0 && Number.isFinite(x))
  if (positive.length === 0) return [-1, 1]
  return [Math.log10(Math.min(...positive)) - 0.1, Math.log10(Math.max(...positive)) + 0.1]
}

/** Decades; of a range that has few of them also 2 and 5 times each. */
function logTicks(range: Range): number[] {
  if (range[1] - range[0] > 2) return decadesIn(range)
  const first = Math.floor(range[0])
  const all = [0, 1, 2].flatMap((e) => [1, 2, 5].map((n) => n * 10 ** (first + e)))
  return all.filter((x) => Math.log10(x) >= range[0] && Math.log10(x) <= range[1])
}

const LETTERS = 22
const shortened = (name: string) => (name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name)

function labelRoom(dots: Dot[], width: number): number {
  const letters = Math.max(...dots.map(({ name }) => shortened(name).length), 6)
  return Math.min(letters * 6.6 + 18, width * 0.45)
}

const rule = (against: Against | null, { palette }: Surface) =>
  against
    ? [
        {
          type: 'line',
          xref: 'x',
          yref: 'paper',
          x0: against.x,
          x1: against.x,
          y0: 0,
          y1: 1,
          line: { color: palette.faint, width: 1, dash: 'dot' },
        },
      ]
    : []

const ruleLabel = (against: Against | null) =>
  against
    ? [
        {
          xref: 'x',
          yref: 'paper',
          x: against.x,
          y: 1,
          xanchor: 'right',
          yanchor: 'bottom',
          showarrow: false,
          text: against.label,
          font: { size: 11 },
        },
      ]
    : []
