import type { Pen, Point } from './types'

/** A stroke through points, round at its ends. */
export function stroke({ context }: Pen, points: readonly Point[], colour: string, width: number): void {
  context.beginPath()
  for (const [x, y] of points) context.lineTo(x, y)
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.lineWidth = width
  context.strokeStyle = colour
  context.stroke()
}

export function disc({ context }: Pen, [x, y]: Point, radius: number, colour: string): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = colour
  context.fill()
}

export function box({ context }: Pen, [x, y]: Point, width: number, height: number, colour: string): void {
  context.beginPath()
  context.roundRect(x, y, width, height, 3)
  context.fillStyle = colour
  context.fill()
}

/** A straight arrow of `length` pixels to the right, to the left if negative; none for zero. */
export function push(pen: Pen, [x, y]: Point, length: number, colour: string): void {
  if (Math.abs(length) < 1) return
  const head = Math.sign(length) * Math.min(7, Math.abs(length))
  const tip = x + length
  stroke(
    pen,
    [
      [x, y],
      [tip, y],
    ],
    colour,
    2.5,
  )
  stroke(
    pen,
    [
      [tip - head, y - 5],
      [tip, y],
      [tip - head, y + 5],
    ],
    colour,
    2.5,
  )
}

/** Ends of an arc that starts at `from` and spans `turn` radians, counterclockwise if positive, and the arrow's head. */
export function arcOf(centre: Point, radius: number, from: number, turn: number): { tip: Point; head: Point[] } {
  const at = (angle: number, r = radius): Point => [centre[0] + r * Math.cos(angle), centre[1] - r * Math.sin(angle)]
  const end = from + turn
  const back = end - Math.sign(turn) * Math.min(Math.abs(turn), 7 / radius)
  return { tip: at(end), head: [at(back, radius - 5), at(end), at(back, radius + 5)] }
}

/** A torque: an arc around `centre` of `turn` radians, counterclockwise if positive; none for zero. */
export function twist(pen: Pen, centre: Point, radius: number, turn: number, colour: string): void {
  if (Math.abs(turn) < 0.02) return
  const from = Math.PI / 2 - turn / 2
  const { context } = pen
  context.beginPath()
  context.arc(centre[0], centre[1], radius, -from, -(from + turn), turn > 0)
  context.lineWidth = 2.5
  context.strokeStyle = colour
  context.stroke()
  stroke(pen, arcOf(centre, radius, from, turn).head, colour, 2.5)
}
