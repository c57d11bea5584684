import { tick } from '../paint/format'
import { extent, type Range, steady } from '../paint/ranges'
import { colourOf, faded, type Palette } from '../paint/theme'
import type { Strip } from './strips'
import type { Surface } from './surface'
import type { Tape } from './tape'

/** Room for the numbers of the vertical axis, in pixels. */
export const GUTTER = 44
const TOP = 3

/** Where things go: places 0..end across, `range` upwards. */
export interface Frame {
  width: number
  height: number
  end: number
  range: Range
}

export const across = (t: number, { width, end }: Frame): number => GUTTER + (t / end) * (width - GUTTER - 2)

export const up = (value: number, { height, range: [low, high] }: Frame): number =>
  TOP + (1 - (value - low) / (high - low)) * (height - 2 * TOP)

/** The step under a place across, in the picture's own pixels. */
export function stepAt(x: number, { width, end }: Pick<Frame, 'width' | 'end'>): number {
  return Math.min(end, Math.max(0, Math.round(((x - GUTTER) / (width - GUTTER - 2)) * end)))
}

/** A bound with as many digits as tell it from the other one. */
export function axisText(value: number, span: number): string {
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(span))))
  const text = Math.abs(value) >= 1e4 ? tick(value) : String(Number(value.toFixed(digits))).replace('-', '\u2212')
  return text.length > 7 ? tick(value) : text
}

/** What the vertical axis covers: probabilities from 0 to 1, bands with their width, lines as they are. */
export function rangeOf(strip: Strip, tape: Tape, previous: Range | undefined): Range {
  if (strip.kind === 'stack') return [0, 1]
  const [low, high] = extent(bounds(strip, tape))
  return steady(previous, low, high)
}

function* bounds({ at, spread }: Strip, tape: Tape): Generator<number> {
  for (let t = 0; t < tape.steps; t++) {
    const [middle, half] = [at(tape, t), spread?.(tape, t) ?? 0]
    yield middle - half
    yield middle + half
  }
}

/** Draw one curve whole. */
export function drawStrip(surface: Surface, strip: Strip, tape: Tape, frame: Frame, colours: Palette): void {
  const context = surface.context!
  drawAxis(context, frame, colours)
  if (strip.kind === 'stack') drawStack(context, tape, frame, colours)
  else {
    const colour = colourOf(colours, strip.colour)
    if (strip.spread) drawBand(context, strip, tape, frame, faded(colour, 0.22))
    drawLine(context, strip, tape, frame, colour)
  }
}

function drawAxis(context: CanvasRenderingContext2D, frame: Frame, colours: Palette): void {
  const [low, high] = frame.range
  context.strokeStyle = colours.grid
  context.fillStyle = colours.faint
  context.lineWidth = 1
  context.font = '10px "Inter Variable", system-ui, sans-serif'
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const value of low < 0 && high > 0 ? [low, 0, high] : [low, high]) {
    const y = Math.round(up(value, frame)) + 0.5
    context.beginPath()
    context.moveTo(GUTTER, y)
    context.lineTo(frame.width - 2, y)
    context.stroke()
    const crowded = value === 0 && low < 0 && high > 0 && (y < 16 || y > frame.height - 16)
    if (!crowded) context.fillText(axisText(value, high - low), GUTTER - 5, Math.min(frame.height - 6, Math.max(6, y)))
  }
}

function drawLine(context: CanvasRenderingContext2D, { at }: Strip, tape: Tape, frame: Frame, colour: string): void {
  context.beginPath()
  let down = false
  for (let t = 0; t < tape.steps; t++) {
    const value = at(tape, t)
    if (Number.isFinite(value)) {
      const [x, y] = [across(tape.x(t), frame), up(value, frame)]
      if (down) context.lineTo(x, y)
      else context.moveTo(x, y)
    }
    down = Number.isFinite(value)
  }
  context.lineWidth = 1.5
  context.lineJoin = 'round'
  context.strokeStyle = colour
  context.stroke()
}

function drawBand(context: CanvasRenderingContext2D, strip: Strip, tape: Tape, frame: Frame, fill: string): void {
  context.beginPath()
  const edge = (t: number, sign: number) =>
    context.lineTo(across(tape.x(t), frame), up(strip.at(tape, t) + sign * strip.spread!(tape, t), frame))
  for (let t = 0; t < tape.steps; t++) edge(t, 1)
  for (let t = tape.steps - 1; t >= 0; t--) edge(t, -1)
  context.fillStyle = fill
  context.fill()
}

/** Probabilities stacked in the order of the actions, the first at the bottom. */
function drawStack(context: CanvasRenderingContext2D, tape: Tape, frame: Frame, colours: Palette): void {
  const below = new Float64Array(tape.steps)
  for (let action = 0; action < (tape.probs[0]?.length ?? 0); action++) {
    context.beginPath()
    for (let t = 0; t < tape.steps; t++) context.lineTo(across(tape.x(t), frame), up(below[t]!, frame))
    for (let t = tape.steps - 1; t >= 0; t--) {
      below[t]! += tape.probs[t]?.[action] ?? 0
      context.lineTo(across(tape.x(t), frame), up(below[t]!, frame))
    }
    context.fillStyle = actionColour(action, tape.probs[0]!.length, colours)
    context.fill()
  }
}

/** From the deep to the pale blue in as many steps as there are actions. */
export function actionColour(action: number, actions: number, colours: Palette): string {
  const share = actions > 1 ? 1 - (0.78 * action) / (actions - 1) : 1
  return faded(colourOf(colours, 'blue'), share)
}
