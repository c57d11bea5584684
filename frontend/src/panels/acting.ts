import { valueText } from '../paint/format'
import type { Control, EquationTerm, Value } from '../wire/types'

type Values = Readonly<Record<string, Value | undefined>>
type Condition = NonNullable<EquationTerm['when']>

/** Whether a condition on the value of a control is true. */
export function holds(when: Condition, values: Values): boolean {
  const value = values[when.control]
  if (when.and && !holds(when.and, values)) return false
  if (when.in) return when.in.some((one) => one === value)
  if (when.is !== undefined) return value === when.is
  return when.not === undefined || value !== when.not
}

/** Why a control does nothing under these values; null where it acts. */
export function idleBecause(control: Control, controls: Control[], values: Values): string | null {
  const conditions = control.when ?? []
  const known = conditions.filter((when) => values[when.control] !== undefined)
  if (known.length < conditions.length || known.length === 0 || known.some((when) => holds(when, values))) return null
  return `It acts only if ${known.map((when) => said(when, controls)).join(' or ')}.`
}

function said(when: Condition, controls: Control[]): string {
  if (when.control === 'actions') return 'actions are continuous'
  const title = controls.find(({ name }) => name === when.control)?.title ?? when.control
  if (when.in) return `${title} is ${when.in.map((one) => valueText(one)).join(' or ')}`
  return when.is !== undefined ? `${title} is ${valueText(when.is)}` : `${title} is not ${valueText(when.not)}`
}

/** Controls in the order in which the equation in force names them; those that it does not name keep theirs, after. */
export function inEquationOrder(controls: Control[], equation: EquationTerm[], values: Values): Control[] {
  const text = equation
    .filter(({ when }) => !when || holds(when, values))
    .map(({ latex }) => latex)
    .join(' ')
  const place = (name: string) => {
    const at = text.indexOf(`@${name}@`)
    return at < 0 ? Number.POSITIVE_INFINITY : at
  }
  return controls
    .map((control, index) => ({ control, index, at: place(control.name) }))
    .sort((a, b) => (a.at === b.at ? a.index - b.index : a.at - b.at))
    .map(({ control }) => control)
}

/** What acts first, in the order of the equation; and what does nothing here, with the reason. */
export function byEffect(controls: Control[], equation: EquationTerm[], values: Values) {
  const reasons = new Map(controls.map((control) => [control.name, idleBecause(control, controls, values)]))
  const acting = controls.filter(({ name }) => reasons.get(name) === null)
  const idle = controls.filter(({ name }) => reasons.get(name) !== null)
  return { acting: inEquationOrder(acting, equation, values), idle, reasons }
}
