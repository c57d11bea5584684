import type { Action } from '../tape'
import { disc, push, stroke } from './pen'
import type { Pen, Point, Renderer } from './types'

const [LEFT, RIGHT] = [-1.2, 0.6]
const GOAL = 0.5

/** Height of the hill, as Gymnasium draws it. */
export const hill = (x: number): number => 0.45 * Math.sin(3 * x) + 0.55

/** Pixels of a place on the hill. */
export function place(x: number, width: number, height: number): Point {
  const margin = 0.06
  const across = ((x - LEFT) / (RIGHT - LEFT)) * (1 - 2 * margin) + margin
  return [across * width, height * (0.9 - 0.68 * hill(x))]
}

/** MountainCar and its continuous sister: (position m, velocity m/step). */
export const renderer: Renderer = {
  labels: ['position', 'velocity'],
  draw(pen, state, action) {
    const { width, height, colours } = pen
    ground(pen)
    const [x, y] = place(GOAL, width, height)
    stroke(
      pen,
      [
        [x, y],
        [x, y - 30],
        [x + 14, y - 25],
        [x, y - 20],
      ],
      colours.quantities.green!,
      2,
    )
    const radius = Math.max(6, Math.min(width, height) * 0.045)
    const [carX, ground_] = place(state[0]!, width, height)
    const car: Point = [carX, ground_ - radius]
    disc(pen, car, radius, colours.quantities.orange!)
    const force = forceOf(action)
    push(pen, [carX + Math.sign(force) * radius, car[1]], force * radius * 2.6, colours.quantities.blue!)
  },
}

function ground(pen: Pen): void {
  const { context, width, height, colours } = pen
  context.beginPath()
  for (let x = LEFT; x <= RIGHT + 1e-9; x += 0.03) context.lineTo(...place(x, width, height))
  context.lineWidth = 2
  context.strokeStyle = colours.ink
  context.stroke()
}

/** −1 to 1: actions 0, 1, 2 push left, not, right; a continuous one is the force itself. */
export function forceOf(action: Action | null): number {
  const force = Array.isArray(action) ? (action[0] ?? 0) : action === null ? 0 : action - 1
  return Math.min(1, Math.max(-1, force))
}
