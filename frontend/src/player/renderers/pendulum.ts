import type { Action } from '../tape'
import { disc, stroke, twist } from './pen'
import type { Point, Renderer } from './types'

/** Largest torque (N·m); the actor may ask for more, the joint gets no more. */
const MAX_TORQUE = 2

/** Pivot and tip in pixels; upright at zero, leaning left for positive angles. */
export function pendulum(state: readonly number[], width: number, height: number) {
  const length = Math.min(width, height) * 0.4
  const pivot: Point = [width / 2, height / 2]
  const tip: Point = [pivot[0] - length * Math.sin(state[0]!), pivot[1] - length * Math.cos(state[0]!)]
  return { length, pivot, tip }
}

export function torqueOf(action: Action | null): number {
  const torque = Array.isArray(action) ? (action[0] ?? 0) : 0
  return Math.min(MAX_TORQUE, Math.max(-MAX_TORQUE, torque))
}

/** Pendulum: (θ rad, θ̇ rad/s). */
export const renderer: Renderer = {
  labels: ['θ (rad)', 'θ̇ (rad/s)'],
  draw(pen, state, action) {
    const { width, height, colours } = pen
    const { length, pivot, tip } = pendulum(state, width, height)
    const top = pivot[1] - length
    stroke(
      pen,
      [
        [pivot[0], top - 5],
        [pivot[0], top - 12],
      ],
      colours.quantities.green!,
      2,
    )
    stroke(pen, [pivot, tip], colours.quantities.orange!, Math.max(6, length * 0.13))
    disc(pen, pivot, Math.max(3, length * 0.055), colours.ink)
    twist(pen, pivot, length * 0.34, (torqueOf(action) / MAX_TORQUE) * 2.6, colours.quantities.blue!)
  },
}
