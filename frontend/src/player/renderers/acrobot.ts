import { disc, stroke, twist } from './pen'
import type { Point, Renderer } from './types'

/** Both links (m). */
const LINK = 1

/** Elbow and hand in pixels; both angles are zero when the arms hang down, the second relative to the first. */
export function acrobot(state: readonly number[], width: number, height: number) {
  const scale = Math.min(width, height) / (4 * LINK + 0.5)
  const shoulder: Point = [width / 2, height / 2]
  const turn = (from: Point, angle: number): Point => [
    from[0] + LINK * scale * Math.sin(angle),
    from[1] + LINK * scale * Math.cos(angle),
  ]
  const elbow = turn(shoulder, state[0]!)
  return { scale, shoulder, elbow, hand: turn(elbow, state[0]! + state[1]!), goal: shoulder[1] - LINK * scale }
}

/** Acrobot: (θ1, θ2 rad, θ̇1, θ̇2 rad/s); actions 0, 1, 2 are a torque of −1, 0, +1 N·m on the elbow. */
export const renderer: Renderer = {
  labels: ['θ₁ (rad)', 'θ₂ (rad)', 'θ̇₁ (rad/s)', 'θ̇₂ (rad/s)'],
  draw(pen, state, action) {
    const { width, height, colours } = pen
    const { scale, shoulder, elbow, hand, goal } = acrobot(state, width, height)
    pen.context.setLineDash([4, 4])
    stroke(
      pen,
      [
        [0, goal],
        [width, goal],
      ],
      colours.quantities.green!,
      1,
    )
    pen.context.setLineDash([])
    const thick = Math.max(5, 0.14 * scale)
    stroke(pen, [shoulder, elbow], colours.ink, thick)
    stroke(pen, [elbow, hand], colours.quantities.orange!, thick)
    for (const joint of [shoulder, elbow]) disc(pen, joint, thick * 0.3, colours.card)
    const torque = typeof action === 'number' ? action - 1 : 0
    twist(pen, elbow, 0.32 * scale, torque * 2.2, colours.quantities.blue!)
  },
}
