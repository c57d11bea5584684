import { useState } from 'preact/hooks'
import type { Value } from '../wire/types'
import { scalar } from './address'
import { FieldError, fieldId } from './FieldError'
import { below } from './fields'
import type { Launch } from './launch'

const PREFIX = 'environment.kwargs.'

/** The environment's own arguments, by name; the server knows which it takes. */
export function Keywords({ launch }: { launch: Launch }) {
  const { form } = launch
  const [name, setName] = useState('')
  const given = Object.entries(below(form.fields.value, PREFIX)) as [string, Value][]
  const add = () => {
    if (name.trim()) form.set(PREFIX + name.trim(), 0)
    setName('')
  }
  return (
    <div class="keywords" id={fieldId('environment.kwargs')}>
      {given.map(([key, value]) => (
        <div class="beside" key={key}>
          <label for={`keyword-${key}`}>{key}</label>
          <input
            id={`keyword-${key}`}
            type="text"
            value={String(value)}
            onChange={(event) => form.set(PREFIX + key, scalar(event.currentTarget.value))}
          />
          <button type="button" class="button small" onClick={() => form.set(PREFIX + key, '')}>
            Remove
          </button>
        </div>
      ))}
      <div class="beside">
        <label for="new-keyword">Argument of the environment</label>
        <input
          id="new-keyword"
          type="text"
          placeholder="name"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && add()}
        />
        <button type="button" class="button small" disabled={!name.trim()} onClick={add}>
          Add
        </button>
      </div>
      <FieldError launch={launch} path="environment.kwargs" />
    </div>
  )
}
