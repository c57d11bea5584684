import { algorithmOf, controlsOf } from '../store/catalog'
import type { Laboratory, Value } from '../wire/types'
import {
  algorithmOfRow,
  asksCritic,
  type Estimator,
  freshName,
  settingsShown,
  valuesOf,
  withAlgorithm,
  withSetting,
} from './experiment'
import { Choice, Field, Setting } from './Fields'
import type { Lab } from './lab'

interface Props {
  lab: Lab
  given: Laboratory
  index: number
  onGone(): void
}

/** The settings of one estimator: those that shape its gradient, each with its sentence. */
export function Editor({ lab, given, index, onGone }: Props) {
  const rows = lab.request.value.estimators
  const row = rows[index]!
  const controls = controlsOf(algorithmOfRow(row))
  const values = valuesOf(row, controls)
  const set = (next: Estimator) => lab.setRow(index, next)
  const change = (name: string, value: Value) => set(withSetting(row, controls, name, value))
  return (
    <div class="lab-editor">
      <div class="lab-settings">
        <Field id={`lab-name-${index}`} label="Name">
          <input
            id={`lab-name-${index}`}
            type="text"
            maxLength={80}
            value={row.name}
            onInput={(event) => set({ ...row, name: event.currentTarget.value })}
          />
        </Field>
        {given.algorithms.length > 1 && (
          <Field id={`lab-algorithm-${index}`} label="Algorithm" doc={algorithmOf(algorithmOfRow(row))?.doc}>
            <Choice
              id={`lab-algorithm-${index}`}
              label="Algorithm"
              value={algorithmOfRow(row)}
              options={given.algorithms.map((id) => ({ value: id, text: algorithmOf(id)?.title ?? id }))}
              onChange={(id) => set(withAlgorithm(row, controlsOf(id), id))}
            />
          </Field>
        )}
        {asksCritic(row, controls) && (
          <Field
            id={`lab-value-${index}`}
            label="The critic knows"
            doc={given.values.find(({ id }) => id === (values.value ?? 'exact'))?.doc}
          >
            <Choice
              id={`lab-value-${index}`}
              label="The critic knows"
              value={String(values.value ?? 'exact')}
              options={given.values.map(({ id }) => ({ value: id, text: KNOWS[id] ?? id }))}
              onChange={(value) => change('value', value)}
            />
          </Field>
        )}
        {settingsShown(row, given, controls).map((control) => (
          <Setting
            key={control.name}
            id={`lab-${index}-${control.name}`}
            control={control}
            value={values[control.name]}
            onChange={(value) => change(control.name, value)}
          />
        ))}
      </div>
      <footer>
        <button
          type="button"
          class="button small"
          disabled={rows.length >= given.max_estimators}
          onClick={() =>
            lab.change({ estimators: rows.toSpliced(index + 1, 0, { ...row, name: freshName(rows, row.name) }) })
          }
        >
          Duplicate
        </button>
        <button
          type="button"
          class="button small danger"
          disabled={rows.length === 1}
          onClick={() => {
            onGone()
            lab.change({ estimators: rows.toSpliced(index, 1) })
          }}
        >
          Remove
        </button>
      </footer>
    </div>
  )
}

const KNOWS: Record<string, string> = { exact: 'the truth', stationary: 'the truth but the time', zero: 'nothing' }
