import { duration, integer, short } from '../paint/format'
import { colourOf, palette } from '../paint/theme'
import { decode } from '../wire/numbers'
import type { Interval, LabResult, LabRow } from '../wire/types'
import { DotChart } from './DotChart'
import type { Dot } from './figure'

const COLOURS = { unbiased: 'blue', scaled: 'orange' } as const

const number = (value: Interval['value']) => decode(value) ?? Number.NaN

function dot(name: string, { verdict }: LabRow, interval: Interval, second?: Interval): Dot {
  const colours = palette.value
  return {
    name,
    value: number(interval.value),
    low: number(interval.low),
    high: number(interval.high),
    colour: verdict === 'biased' ? colours.red : colourOf(colours, COLOURS[verdict]),
    ...(second && { second: number(second.value) }),
  }
}

/** Bias and variance side by side: no estimator has both for nothing. */
export function Charts({ result }: { result: LabResult }) {
  const length = number(result.truth.gradient_norm)
  const rows = result.estimators
  return (
    <div class="lab-charts">
      <DotChart
        title="Bias"
        note="reward per logit; blue: none beyond noise, orange: in length only, red: in direction"
        dots={rows.map((row) => dot(row.name, row, row.bias))}
        log={false}
        against={length > 0 ? { x: length, label: '|∇J|' } : null}
      />
      <DotChart
        title="Variance"
        note="(reward per logit)², logarithmic; diamond: mean squared error"
        dots={rows.map((row) => dot(row.name, row, row.variance, row.mse))}
        log
        against={null}
      />
    </div>
  )
}

/** The truth that everything is held against, and what it took. */
export function Facts({ result }: { result: LabResult }) {
  const { truth, request, mean_length, behaviour_J, seconds } = result
  return (
    <p class="lab-facts" role="status">
      <strong>J = {short(decode(truth.J))}</strong> reward, <strong>|∇J| = {short(decode(truth.gradient_norm))}</strong>{' '}
      reward per logit, both exact, for {integer(truth.states)} states and {integer(truth.actions)} actions.{' '}
      {integer(request.batches)} estimates of {integer(request.batch)} trajectories with {short(mean_length)} steps on
      average{behaviour_J !== null && `, collected by a policy with J = ${short(decode(behaviour_J))}`}; computed in{' '}
      {duration(seconds)}.
    </p>
  )
}
