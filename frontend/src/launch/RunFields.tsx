import type { ComponentChildren } from 'preact'
import { FieldError, fieldId } from './FieldError'
import type { Launch } from './launch'
import { NumberInput } from './NumberInput'
import { Was } from './Was'

const BUDGET: [string, string][] = [
  ['budget.env_steps', 'Environment steps'],
  ['budget.updates', 'Updates'],
  ['budget.episodes', 'Episodes'],
]

/** How often, how long and under which name. */
export function RunFields({ launch }: { launch: Launch }) {
  const { form } = launch
  const several = launch.count.value > 1
  return (
    <section class="card panel run-fields" aria-label="Run">
      <h2>Run</h2>
      <TextField launch={launch} path="seeds" label="Seeds" hint={seedsHint(launch)} placeholder="0-4 or 1, 5, 9" />
      <TextField launch={launch} path="name" label="Name" placeholder={form.usualName()} />
      <TextField launch={launch} path="tags" label="Tags" placeholder="separated by commas" />
      {several && (
        <Labelled path="group" label="Tag of the set">
          <input
            id={fieldId('group')}
            type="text"
            value={launch.group.value}
            onInput={(event) => {
              launch.group.value = event.currentTarget.value.trim()
            }}
          />
        </Labelled>
      )}
      <fieldset id={fieldId('budget')}>
        <legend>Ends at the first of</legend>
        {BUDGET.map(([path, label]) => (
          <NumberRow key={path} launch={launch} path={path} label={label} placeholder="no limit" />
        ))}
        <FieldError launch={launch} path="budget" />
      </fieldset>
      <NumberRow launch={launch} path="pace" label="Pace, updates/s" placeholder="full speed" />
    </section>
  )
}

function seedsHint({ count, form }: Launch): string | null {
  return count.value > 1 ? `${count.value} runs, named “${form.setName()} · seed …”` : null
}

function Labelled({ path, label, children }: { path: string; label: string; children: ComponentChildren }) {
  return (
    <div class="beside">
      <label for={fieldId(path)}>{label}</label>
      {children}
    </div>
  )
}

interface FieldProps {
  launch: Launch
  path: string
  label: string
  placeholder?: string
  hint?: string | null
}

function TextField({ launch, path, label, placeholder, hint }: FieldProps) {
  const wrong = launch.errorsAt(path).length > 0
  return (
    <>
      <Labelled path={path} label={label}>
        <input
          id={fieldId(path)}
          type="text"
          autocomplete="off"
          value={String(launch.form.value(path) ?? '')}
          placeholder={placeholder}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${fieldId(path)}-error` : undefined}
          onInput={(event) => launch.form.set(path, event.currentTarget.value)}
        />
      </Labelled>
      {hint && <p class="hint">{hint}</p>}
      <FieldError launch={launch} path={path} />
    </>
  )
}

function NumberRow({ launch, path, label, placeholder }: FieldProps) {
  return (
    <>
      <Labelled path={path} label={label}>
        <NumberInput
          id={fieldId(path)}
          label={label}
          value={launch.form.value(path)}
          placeholder={placeholder}
          wrong={launch.errorsAt(path).length > 0}
          onInput={(value) => launch.form.set(path, value)}
        />
      </Labelled>
      <FieldError launch={launch} path={path} />
      <Was launch={launch} path={path} label={label} />
    </>
  )
}
