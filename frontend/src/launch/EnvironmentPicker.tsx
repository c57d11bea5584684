import { useState } from 'preact/hooks'
import { integer, valueText } from '../paint/format'
import { catalog, environmentOf } from '../store/catalog'
import type { Environment } from '../wire/types'
import { FieldError, fieldId } from './FieldError'
import type { Launch } from './launch'
import { Was } from './Was'

/** Observation, actions and bar of an environment, as far as they are declared. */
export function factsOf({ observation, actions, solved_at, max_episode_steps }: Environment): string {
  const shape = (observation?.shape as number[] | undefined)?.join('×')
  const count = actions?.kind === 'box' ? ((actions.shape as number[] | undefined) ?? []).join('×') : actions?.n
  return [
    shape && `${shape} observed`,
    count && `${count} ${actions?.kind === 'box' ? 'continuous' : ''} actions`.replace('  ', ' '),
    typeof solved_at === 'number' && `solved at ${valueText(solved_at)}`,
    max_episode_steps && `${integer(max_episode_steps)} steps at most`,
  ]
    .filter(Boolean)
    .join(' · ')
}

const finds = (environment: Environment, text: string) =>
  `${environment.id} ${environment.title} ${environment.doc}`.toLowerCase().includes(text.trim().toLowerCase())

/** The environments of the catalog with a filter; what is not installed says what it needs. */
export function EnvironmentPicker({ launch }: { launch: Launch }) {
  const { form } = launch
  const [text, setText] = useState('')
  const chosen = String(form.value('environment.id') ?? '')
  const known = environmentOf(chosen)
  const all = catalog.value?.environments ?? []
  const shown = all.filter((environment) => finds(environment, text))
  return (
    <div id={fieldId('environment.id')}>
      <header class="pick-head">
        <h2>Environment</h2>
        <input
          type="text"
          placeholder={`Filter ${all.length}`}
          aria-label="Filter the environments"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </header>
      <div class="pick" role="radiogroup" aria-label="Environment">
        {shown.map((environment) => (
          <Choice
            key={environment.id}
            environment={environment}
            chosen={environment.id === chosen}
            onChoose={() => form.chooseEnvironment(environment.id)}
          />
        ))}
        {shown.length === 0 && <p class="nothing">No environment says “{text}”.</p>}
      </div>
      <FieldError launch={launch} path="environment.id" />
      <Was launch={launch} path="environment.id" label="the environment" />
      <p class="about">
        {known ? `${known.doc} ` : `${chosen} is not in the catalog; the server tries to make it. `}
        <span class="faint">{known && factsOf(known)}</span>
      </p>
    </div>
  )
}

interface ChoiceProps {
  environment: Environment
  chosen: boolean
  onChoose(): void
}

function Choice({ environment, chosen, onChoose }: ChoiceProps) {
  const missing = environment.available === false
  return (
    <label
      class={`choice ${missing ? 'missing' : ''}`}
      title={missing ? `Needs ${environment.needs}` : environment.doc}
    >
      <input type="radio" name="environment" checked={chosen} disabled={missing} onChange={onChoose} />
      <span>{environment.id}</span>
      <small>{missing ? `needs ${environment.needs ?? 'more than is installed'}` : actionsOf(environment)}</small>
    </label>
  )
}

const actionsOf = ({ actions }: Environment) => (actions?.kind === 'box' ? 'continuous' : '')
