import type { Action } from '../tape'
import { box, disc, push, stroke } from './pen'
import type { Point, Renderer } from './types'

/** The cart leaves the track beyond this distance (m). */
const EDGE = 2.4
/** Twice the half-length of the dynamics (m). */
const POLE = 1
const CART = { width: 0.5, height: 0.26 }

/** Cart and tip of the pole in pixels; the pole leans right for positive angles. */
export function cartpole(state: readonly number[], width: number, height: number) {
  const scale = Math.min(width / (2 * EDGE + 0.4), height / 1.7)
  const track = height * 0.78
  const axle: Point = [width / 2 + state[0]! * scale, track - (CART.height / 2) * scale]
  const tip: Point = [axle[0] + POLE * scale * Math.sin(state[2]!), axle[1] - POLE * scale * Math.cos(state[2]!)]
  return { scale, track, axle, tip }
}

/** CartPole: (x m, ẋ m/s, θ rad, θ̇ rad/s). */
export const renderer: Renderer = {
  labels: ['x (m)', 'ẋ (m/s)', 'θ (rad)', 'θ̇ (rad/s)'],
  draw(pen, state, action) {
    const { width, height, colours } = pen
    const { scale, track, axle, tip } = cartpole(state, width, height)
    stroke(
      pen,
      [
        [0, track],
        [width, track],
      ],
      colours.faint,
      1,
    )
    for (const x of [-EDGE, EDGE]) {
      const edge = width / 2 + x * scale
      stroke(
        pen,
        [
          [edge, track - 6],
          [edge, track + 6],
        ],
        colours.faint,
        1,
      )
    }
    const [w, h] = [CART.width * scale, CART.height * scale]
    box(pen, [axle[0] - w / 2, track - h / 2 - (CART.height / 2) * scale], w, h, colours.ink)
    stroke(pen, [axle, tip], colours.quantities.orange!, Math.max(6, 0.09 * scale))
    disc(pen, axle, Math.max(2, 0.045 * scale), colours.card)
    const force = direction(action)
    push(pen, [axle[0] + (force * w) / 2, track + h * 0.55], force * scale * 0.35, colours.quantities.blue!)
  },
}

const direction = (action: Action | null): number => (action === null || Array.isArray(action) ? 0 : action * 2 - 1)
