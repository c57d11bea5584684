import { valueText } from '../paint/format'
import type { Launch } from './launch'

const ORIGIN = { recipe: 'in the recipe', run: 'in the run', scratch: 'by default' }

/** What a changed field began with, and the way back. */
export function Was({ launch, path, label }: { launch: Launch; path: string; label: string }) {
  const { form } = launch
  if (!form.isChanged(path)) return null
  const original = form.original(path)
  // Under another algorithm the source's controls say nothing; its own defaults are what was left.
  const other = path.startsWith('controls.') && form.algorithm.value !== form.source.fields.algorithm
  const origin = other ? ORIGIN.scratch : ORIGIN[form.source.kind]
  return (
    <p class="was">
      {original === undefined ? `not set ${origin}` : `${valueText(original)} ${origin}`}
      <button type="button" onClick={() => form.reset(path)} aria-label={`Reset ${label}`}>
        Reset
      </button>
    </p>
  )
}
