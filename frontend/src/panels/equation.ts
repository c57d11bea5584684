import type { Control, EquationTerm, Value } from '../wire/types'
import { holds, idleBecause } from './acting'

/** Boundaries stand on their wrong side when they are not at their default. */
export function isWrong(control: Control, value: Value | undefined): boolean {
  const boundary = control.boundary ?? control.kind === 'gate'
  return boundary && value !== undefined && value !== control.default
}

/** What a switch does; a boundary's effect is that of passing it, which is not what is in force as a rule. */
export const effectText = ({ kind, effect }: Control): string =>
  effect && kind === 'gate' ? `If passed: ${effect}` : (effect ?? '')

/** What a switch is for; of a boundary that is passed, what it would be otherwise. */
export const docText = ({ kind, doc }: Control, value: Value | undefined): string =>
  kind === 'gate' && value === 'pass' ? `If blocked: ${doc}` : (doc ?? '')

function applies({ when }: EquationTerm, values: Record<string, Value>): boolean {
  return !when || holds(when, values)
}

function latexOf(control: Control, value: Value | undefined): string {
  const term = control.terms?.[String(value)]
  return term ?? control.latex ?? `\\mathrm{${control.name.replaceAll('_', '\\_')}}`
}

/** One unbreakable part of the formula; `line` begins a new line. */
export interface Piece {
  latex: string
  line: boolean
}

/** The loss in force as LaTeX whose switches carry their control's name, cut where a line may break. */
export function substitute(equation: EquationTerm[], controls: Control[], values: Record<string, Value>): Piece[] {
  const byName = new Map(controls.map((control) => [control.name, control]))
  const replace = (whole: string, name: string) => {
    const control = byName.get(name)
    if (!control) return whole.replaceAll('@', '')
    // A flag that does nothing is written as if it were off.
    const off = control.kind === 'flag' && idleBecause(control, controls, values) !== null
    const latex = latexOf(control, off ? false : values[name])
    const side = isWrong(control, values[name]) ? 'wrong-side' : 'right-side'
    return latex && `\\htmlClass{${side}}{\\htmlData{control=${name}}{${latex}}}`
  }
  return equation
    .filter((term) => applies(term, values))
    .flatMap(({ latex }) => pieces(latex))
    .reduce(joinCommas, [] as Piece[])
    .map((piece) => ({ ...piece, latex: piece.latex.replace(/@(\w+)@/g, replace) }))
}

/** A comma that begins a term belongs to the end of the one before. */
function joinCommas(done: Piece[], piece: Piece): Piece[] {
  const before = done.at(-1)
  if (piece.latex !== ',' || !before) return [...done, piece]
  return [...done.slice(0, -1), { ...before, latex: `${before.latex},` }]
}

/** `\\` begins a line, `,\quad` allows a break after the comma; leading space is left to the page. */
function pieces(latex: string): Piece[] {
  return latex.split(/(?=\\\\)|(?<=,)\\quad/).flatMap((part) => {
    const line = part.startsWith('\\\\')
    const rest = part.replace(/^\\\\/, '').replace(/^(\s|\\;|\\,|\\quad)+/, '')
    return rest ? [{ latex: rest, line }] : []
  })
}
