import { useMemo, useState } from 'preact/hooks'
import { byEffect } from '../panels/acting'
import { grouped } from '../panels/ControlPanel'
import type { Control } from '../wire/types'
import { ControlField } from './ControlField'
import type { Launch } from './launch'

/** Whether every typed word is in the name, the title or the meaning. */
export function matches(control: Control, text: string): boolean {
  const { name, title, doc, effect, group, kind } = control
  const said = [name, name.replaceAll('_', ' '), title, doc, effect, group, kind].join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word))
}

/** Every control of the algorithm, by group, with a search. */
export function Controls({ launch }: { launch: Launch }) {
  const { form } = launch
  const [text, setText] = useState('')
  const [onlyChanged, setOnlyChanged] = useState(false)
  const controls = form.controls.value
  const fields = form.fields.value
  const { acting, idle, reasons } = useMemo(() => {
    const values = Object.fromEntries(controls.map(({ name }) => [name, fields[`controls.${name}`]]))
    return byEffect(controls, form.equation.value, { ...values, actions: form.actions.value })
  }, [controls, fields, form])
  const groups = useMemo(() => grouped(acting), [acting])
  const shown = (control: Control) =>
    matches(control, text) && (!onlyChanged || form.isChanged(`controls.${control.name}`))
  const still = idle.filter((control) => shown(control))
  const changed = controls.filter(({ name }) => form.isChanged(`controls.${name}`)).length
  const found = controls.filter(shown).length
  return (
    <section class="card panel form-controls" aria-label="Controls">
      <header>
        <h2>Controls</h2>
        <input
          type="search"
          placeholder={`Search ${controls.length} controls  /`}
          aria-label="Search the controls"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <label class="check">
          <input type="checkbox" checked={onlyChanged} onChange={() => setOnlyChanged(!onlyChanged)} />
          only changed ({changed})
        </label>
      </header>
      {found === 0 && (
        <p class="nothing">
          {onlyChanged && !text ? 'No control is changed.' : 'No control says that.'}{' '}
          <button
            type="button"
            class="button small"
            onClick={() => {
              setText('')
              setOnlyChanged(false)
            }}
          >
            Show all
          </button>
        </p>
      )}
      <div class="groups">
        {groups.map(([group, members]) => {
          const visible = members.filter(shown)
          return visible.length === 0 ? null : (
            <details key={group} open>
              <summary>
                {group[0]?.toUpperCase() + group.slice(1)} ({visible.length})
              </summary>
              {visible.map((control) => (
                <ControlField key={control.name} launch={launch} control={control} />
              ))}
            </details>
          )
        })}
        {still.length > 0 && (
          <details class="idle">
            <summary>
              {still.length} that {still.length === 1 ? 'does' : 'do'} nothing here
            </summary>
            {still.map((control) => (
              <ControlField
                key={control.name}
                launch={launch}
                control={control}
                idle={reasons.get(control.name) ?? null}
              />
            ))}
          </details>
        )}
      </div>
    </section>
  )
}
