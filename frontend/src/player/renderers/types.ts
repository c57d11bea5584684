import type { Palette } from '../../paint/theme'
import type { Action } from '../tape'

export type Point = readonly [x: number, y: number]

/** Where to draw: the context in CSS pixels, its size, and the colours of the theme. */
export interface Pen {
  context: CanvasRenderingContext2D
  width: number
  height: number
  colours: Palette
}

/** Draws the state of one environment. */
export interface Renderer {
  /** What the numbers of the state are called, with their unit. */
  labels: readonly string[]
  draw(pen: Pen, state: readonly number[], action: Action | null): void
}
