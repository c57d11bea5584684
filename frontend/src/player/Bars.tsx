import { type ReadonlySignal, useComputed } from '@preact/signals'
import { extent, stepUp } from '../paint/ranges'
import { said } from './strips'
import type { Tape } from './tape'

interface Props {
  tape: ReadonlySignal<Tape>
  t: ReadonlySignal<number>
  names: string[]
  /** Bounds of a continuous action's components. */
  low: number[]
  high: number[]
}

/** The numbers of this step as bars: what the policy would do, what it did, and what the critic expects. */
export function Bars(props: Props) {
  const { names } = props
  const tape = props.tape.peek()
  const critic = !Number.isNaN(tape.value[0])
  const continuous = tape.mean.length > 0
  const actions = (continuous ? tape.mean[0] : tape.probs[0])?.map((_, k) => names[k] ?? `a${k + 1}`) ?? []
  return (
    <dl class="bars">
      {actions.map((name, k) =>
        continuous ? (
          <Interval key={name} {...props} name={name} k={k} />
        ) : (
          <Probability key={name} {...props} name={name} k={k} />
        ),
      )}
      {critic && <Size {...props} name="V(s)" colour="green" column="value" />}
      {(critic || !Number.isNaN(tape.advantage[0])) && (
        <Size {...props} name="Â" colour="violet" column="advantage" signed />
      )}
    </dl>
  )
}

interface Row {
  name: string
  k: number
}

function Probability({ tape, t, name, k }: Props & Row) {
  const value = useComputed(() => (t.value < tape.value.steps ? tape.value.probs[t.value]?.[k] : undefined))
  const taken = useComputed(() => t.value < tape.value.steps && tape.value.actions[t.value] === k)
  return (
    <div class={useComputed(() => (taken.value ? 'taken' : ''))}>
      <dt>
        π({name})<span class="visually-hidden">{useComputed(() => (taken.value ? ', taken' : ''))}</span>
      </dt>
      <dd>
        <Bar colour="blue" share={useComputed(() => value.value ?? 0)} />
        <span class="value">{useComputed(() => (value.value === undefined ? '–' : value.value.toFixed(2)))}</span>
      </dd>
    </div>
  )
}

/** Mean and one standard deviation to both sides between the bounds of the action, with a tick for what was taken. */
function Interval({ tape, t, low, high, name, k }: Props & Row) {
  const [from, to] = [finite(low[k], -1), finite(high[k], 1)]
  const place = (value: number) => Math.min(1, Math.max(0, (value - from) / (to - from)))
  const now = useComputed(() => {
    if (t.value >= tape.value.steps) return null
    const [mean, std, action] = [
      tape.value.mean[t.value]?.[k],
      tape.value.std[t.value]?.[k],
      tape.value.actions[t.value],
    ]
    return mean === undefined ? null : { mean, std: std ?? 0, taken: Array.isArray(action) ? action[k]! : Number.NaN }
  })
  const band = useComputed(() => {
    if (!now.value) return 'display: none'
    const [left, right] = [place(now.value.mean - now.value.std), place(now.value.mean + now.value.std)]
    return `left: ${100 * left}%; width: ${100 * (right - left)}%`
  })
  const tick = useComputed(() => (now.value ? `left: ${100 * place(now.value.taken)}%` : 'display: none'))
  return (
    <div>
      <dt title={`between ${from} and ${to}`}>{name}</dt>
      <dd>
        <span class="bar interval">
          <i class="band" style={band} />
          <i class="tick" style={tick} />
        </span>
        <span class="value">{useComputed(() => said(now.value?.taken))}</span>
      </dd>
    </div>
  )
}

const finite = (bound: number | undefined, otherwise: number) =>
  bound !== undefined && Number.isFinite(bound) ? bound : otherwise

interface SizeProps extends Props {
  name: string
  colour: string
  column: 'value' | 'advantage'
  signed?: boolean
}

/** A number against the largest of its episode, which grows in steps while it is watched. */
function Size({ tape, t, name, colour, column, signed }: SizeProps) {
  const most = useComputed(() => {
    const [low, high] = extent(tape.value.steps > 0 ? tape.value[column] : [])
    return stepUp(Math.max(Math.abs(low), Math.abs(high)))
  })
  const value = useComputed(() => (t.value < tape.value.steps ? tape.value[column][t.value]! : Number.NaN))
  const share = useComputed(() => Math.abs(value.value || 0) / most.value)
  const text = useComputed(() => `${signed && value.value > 0 ? '+' : ''}${said(value.value)}`)
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Bar colour={colour} share={share} />
        <span class="value">{text}</span>
      </dd>
    </div>
  )
}

function Bar({ colour, share }: { colour: string; share: ReadonlySignal<number> }) {
  const style = useComputed(() => `background: var(--${colour}); transform: scaleX(${Math.min(1, share.value)})`)
  return (
    <span class="bar">
      <i style={style} />
    </span>
  )
}
