import { algorithmOf, catalog } from '../store/catalog'
import { Segmented } from '../ui/Segmented'
import { EnvironmentPicker } from './EnvironmentPicker'
import { FieldError, fieldId } from './FieldError'
import { Keywords } from './Keywords'
import type { Launch } from './launch'
import { NumberInput } from './NumberInput'
import { Was } from './Was'

/** What learns, and in which environment. */
export function What({ launch }: { launch: Launch }) {
  const { form } = launch
  const chosen = algorithmOf(form.algorithm.value)
  const algorithms = catalog.value?.algorithms ?? []
  return (
    <div class="what">
      <section class="card panel" aria-label="Algorithm" id={fieldId('algorithm')}>
        <h2>Algorithm</h2>
        <Segmented
          label="Algorithm"
          options={algorithms.map(({ id, title }) => ({ value: id, text: title || id }))}
          value={form.algorithm.value}
          onChange={(id) => form.chooseAlgorithm(id)}
        />
        <FieldError launch={launch} path="algorithm" />
        <Was launch={launch} path="algorithm" label="the algorithm" />
        <p class="about">
          {chosen?.doc} <span class="faint">{chosen?.ref}</span>
        </p>
      </section>
      <section class="card panel" aria-label="Environment">
        <EnvironmentPicker launch={launch} />
        <div class="beside" id={fieldId('environment.num_envs')}>
          <label for="num-envs">Environments stepped side by side</label>
          <NumberInput
            id="num-envs"
            label="Environments stepped side by side"
            value={form.value('environment.num_envs')}
            wrong={launch.errorsAt('environment.num_envs').length > 0}
            onInput={(value) => form.set('environment.num_envs', value)}
          />
        </div>
        <FieldError launch={launch} path="environment.num_envs" />
        <Was launch={launch} path="environment.num_envs" label="the number of environments" />
        <Keywords launch={launch} />
      </section>
    </div>
  )
}
