import type { Control, EquationTerm, Value } from '../wire/types'

/** Boundaries stand on their wrong side when they are not at their default. */
export function isWrong(control: Control, value: Value | undefined): boolean {
  const boundary = control.boundary ?? control.kind === 'gate'
  return boundary && value !== undefined && value !== control.default
}

function applies({ when }: EquationTerm, values: Record<string, Value>): boolean {
  if (!when) return true
  const value = values[when.control]
  if (when.is !== undefined) return value === when.is
  return when.not === undefined || value !== when.not
}

function latexOf(control: Control, value: Value | undefined): string {
  const term = control.terms?.[String(value)]
  return term ?? control.latex ?? `\\mathrm{${control.name.replaceAll('_', '\\_')}}`
}

/** The terms of the loss in force, each as LaTeX whose switches carry their control's name. */
export function substitute(equation: EquationTerm[], controls: Control[], values: Record<string, Value>): string[] {
  const byName = new Map(controls.map((control) => [control.name, control]))
  const replace = (whole: string, name: string) => {
    const control = byName.get(name)
    if (!control) return whole.replaceAll('@', '')
    const value = values[name]
    const side = isWrong(control, value) ? 'wrong-side' : 'right-side'
    return `\\htmlClass{${side}}{\\htmlData{control=${name}}{${latexOf(control, value)}}}`
  }
  return equation.filter((term) => applies(term, values)).map(({ latex }) => latex.replace(/@(\w+)@/g, replace))
}
