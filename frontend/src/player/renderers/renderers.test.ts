import { describe, expect, it } from 'vitest'
import { rendererOf } from '.'
import { acrobot } from './acrobot'
import { cartpole } from './cartpole'
import { forceOf, hill, place } from './mountaincar'
import { arcOf } from './pen'
import { pendulum, torqueOf } from './pendulum'

/** Right and up in units of `length` from one pixel to another: pixels count downwards. */
const from = (a: readonly number[], b: readonly number[], length: number) => [
  (b[0]! - a[0]!) / length,
  (a[1]! - b[1]!) / length,
]
const close = (found: number[], wanted: number[]) =>
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 6)
  })

describe('geometry of the drawings', () => {
  it('stands the pole up at zero and leans it right for positive angles', () => {
    const upright = cartpole([0, 0, 0, 0], 400, 300)
    close(from(upright.axle, upright.tip, upright.scale), [0, 1])
    const right = cartpole([0, 0, Math.PI / 6, 0], 400, 300)
    close(from(right.axle, right.tip, right.scale), [0.5, 0.8660254])
  })

  it('moves the cart by metres, with both edges of the track in the picture', () => {
    const [left, right] = [-2.4, 2.4].map((x) => cartpole([x, 0, 0, 0], 400, 300))
    expect((right!.axle[0] - left!.axle[0]) / right!.scale).toBeCloseTo(4.8, 6)
    expect(left!.axle[0]).toBeGreaterThan(0)
    expect(right!.axle[0]).toBeLessThan(400)
  })

  it('hangs both links of the acrobot down at zero; the second angle is relative', () => {
    const down = acrobot([0, 0, 0, 0], 300, 300)
    close(from(down.shoulder, down.elbow, down.scale), [0, -1])
    close(from(down.shoulder, down.hand, down.scale), [0, -2])
    const bent = acrobot([Math.PI / 2, Math.PI / 2, 0, 0], 300, 300)
    close(from(bent.shoulder, bent.elbow, bent.scale), [1, 0])
    close(from(bent.shoulder, bent.hand, bent.scale), [1, 1])
  })

  it('puts the goal of the acrobot one link above the shoulder', () => {
    const { shoulder, goal, scale } = acrobot([0, 0, 0, 0], 300, 200)
    expect(shoulder[1] - goal).toBeCloseTo(scale, 6)
  })

  it("draws Gymnasium's hill: lowest at -pi/6, highest inside the walls at pi/6", () => {
    expect(hill(-Math.PI / 6)).toBeCloseTo(0.1, 9)
    expect(hill(Math.PI / 6)).toBeCloseTo(1, 9)
    expect(place(-0.5, 400, 300)[1]).toBeGreaterThan(place(0.5, 400, 300)[1])
    expect(place(-1.2, 400, 300)[0]).toBeGreaterThan(0)
    expect(place(0.6, 400, 300)[0]).toBeLessThan(400)
  })

  it('stands the pendulum up at zero and leans it left for positive angles', () => {
    const up = pendulum([0, 0], 300, 300)
    close(from(up.pivot, up.tip, up.length), [0, 1])
    const left = pendulum([Math.PI / 2, 0], 300, 300)
    close(from(left.pivot, left.tip, left.length), [-1, 0])
  })

  it('reads force and torque from either kind of action, never more than there is', () => {
    expect([0, 1, 2].map(forceOf)).toEqual([-1, 0, 1])
    expect(forceOf([3.5])).toBe(1)
    expect(forceOf(null)).toBe(0)
    expect(torqueOf([-7])).toBe(-2)
    expect(torqueOf([0.5])).toBe(0.5)
  })

  it('turns a torque arrow counterclockwise for positive torque', () => {
    const quarter = arcOf([0, 0], 10, 0, Math.PI / 2)
    close([...quarter.tip], [0, -10])
    close([...arcOf([0, 0], 10, 0, -Math.PI / 2).tip], [0, 10])
  })

  it('has a drawing for each name that the catalog gives and none for others', () => {
    for (const name of ['cartpole', 'acrobot', 'mountaincar', 'pendulum']) expect(rendererOf(name)).toBeDefined()
    expect(rendererOf('lunarlander')).toBeUndefined()
    expect(rendererOf(null)).toBeUndefined()
  })
})
