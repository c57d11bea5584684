import { valueText } from '../paint/format'
import { controlsOf } from '../store/catalog'
import { goToField } from './FieldError'
import type { Launch } from './launch'

const LABELS: Record<string, string> = {
  algorithm: 'Algorithm',
  'environment.id': 'Environment',
  'environment.num_envs': 'Side by side',
  'budget.env_steps': 'Environment steps',
  'budget.updates': 'Updates',
  'budget.episodes': 'Episodes',
  pace: 'Pace',
}

/** A field in words. */
export function labelOf(launch: Launch, path: string): string {
  const control = controlsOf(launch.form.algorithm.value).find(({ name }) => path === `controls.${name}`)
  return control?.title || control?.name || LABELS[path] || path.split('.').at(-1)!
}

/** What the server refuses; each line leads to its field. */
export function Refusals({ launch }: { launch: Launch }) {
  const errors = launch.errors.value
  if (errors.length === 0) return null
  return (
    <section class="card panel refusals" aria-label="What is wrong">
      <h2>{errors.length === 1 ? 'One thing is wrong' : `${errors.length} things are wrong`}</h2>
      <ul>
        {errors.map((error) => {
          const place = launch.placeOf(error)
          return (
            <li key={error.message}>
              {error.message}
              {place && (
                <button type="button" onClick={() => goToField(place)}>
                  Go to {labelOf(launch, place)}
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What was changed against where the form began. */
export function Changes({ launch }: { launch: Launch }) {
  const { form } = launch
  const paths = form.changes.value
  const { kind, title } = form.source
  const against = kind === 'scratch' ? `${title} at its defaults` : kind === 'recipe' ? `the recipe` : `“${title}”`
  return (
    <section class="card panel changes" aria-label="Changes">
      <h2>Changed against {against}</h2>
      {paths.length === 0 && <p class="faint">Nothing yet.</p>}
      <table>
        <tbody>
          {paths.map((path) => (
            <tr key={path}>
              <th scope="row">
                <button type="button" onClick={() => goToField(path)}>
                  {labelOf(launch, path)}
                </button>
              </th>
              <td class="faint">{valueText(form.original(path))}</td>
              <td>→ {valueText(form.value(path))}</td>
              <td>
                <button
                  type="button"
                  class="button quiet small"
                  aria-label={`Take back ${labelOf(launch, path)}`}
                  onClick={() => form.reset(path)}
                >
                  ×
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {paths.length > 1 && (
        <button type="button" class="button small" onClick={() => form.resetAll()}>
          Reset all
        </button>
      )}
    </section>
  )
}
