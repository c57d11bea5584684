import type { Control, Laboratory, LabRequest, Value } from '../wire/types'

export type Estimator = LabRequest['estimators'][number]
export type Parameters = Record<string, Value>

export const USUAL_ALGORITHM = 'reinforce'

/** When a setting means something: another one has one of these values. */
const ONLY_WITH: Record<string, [string, Value[]]> = {
  gae_lambda: ['return_kind', ['gae']],
  n_step: ['return_kind', ['n_step']],
  baseline_constant: ['baseline', ['constant']],
  baseline_source: ['baseline', ['optimal_scalar', 'optimal_component']],
  norm_ddof: ['advantage_norm', ['episode', 'batch', 'minibatch']],
  clip: ['importance', ['clip']],
  self_normalised: ['importance', ['trajectory', 'per_decision', 'timestep']],
  weight_clamp: ['importance', ['trajectory', 'per_decision', 'timestep']],
}
const ASKS_CRITIC: [string, Value[]][] = [
  ['return_kind', ['n_step', 'td', 'gae']],
  ['baseline', ['learned_v', 'optimal_state', 'action_dependent', 'action_dependent_corrected']],
]

export const algorithmOfRow = ({ settings }: Estimator): string => String(settings.algorithm ?? USUAL_ALGORITHM)

/** Every control of a row with its value: what is set, else the default. */
export function valuesOf(row: Estimator, controls: Control[]): Record<string, Value> {
  const usual = Object.fromEntries(controls.map(({ name, default: value }) => [name, value as Value]))
  return { ...usual, ...row.settings }
}

/** The settings that shape this row's gradient, in the order of the catalog. */
export function settingsShown(row: Estimator, lab: Laboratory, controls: Control[]): Control[] {
  const values = valuesOf(row, controls)
  return (lab.settings[algorithmOfRow(row)] ?? []).flatMap((name) => {
    const condition = ONLY_WITH[name]
    const control = controls.find((one) => one.name === name)
    return control && (!condition || condition[1].includes(values[condition[0]]!)) ? [control] : []
  })
}

/** Whether what a critic knows makes a difference. */
export function asksCritic(row: Estimator, controls: Control[]): boolean {
  const values = valuesOf(row, controls)
  return ASKS_CRITIC.some(([name, needing]) => needing.includes(values[name]!))
}

/** The row with a setting changed; a default is not written down. */
export function withSetting(row: Estimator, controls: Control[], name: string, value: Value): Estimator {
  const { [name]: _, ...rest } = row.settings
  const usual = name === 'value' ? 'exact' : controls.find((control) => control.name === name)?.default
  return { ...row, settings: value === usual ? rest : { ...rest, [name]: value } }
}

/** The row as one of another algorithm: what that has not is dropped. */
export function withAlgorithm(row: Estimator, controls: Control[], algorithm: string): Estimator {
  const kept = Object.entries(row.settings).filter(
    ([name]) => name === 'value' || controls.some((control) => control.name === name),
  )
  const own: Parameters = algorithm === USUAL_ALGORITHM ? {} : { algorithm }
  return { ...row, settings: { ...Object.fromEntries(kept), ...own } }
}

/** A name that no other row has. */
export function freshName(rows: Estimator[], wanted: string): string {
  const taken = new Set(rows.map(({ name }) => name))
  if (!taken.has(wanted)) return wanted
  let n = 2
  while (taken.has(`${wanted} ${n}`)) n += 1
  return `${wanted} ${n}`
}
