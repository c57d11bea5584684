import { useState } from 'preact/hooks'
import { startRecipe } from '../store/actions'
import { navigate } from '../store/route'
import { PlayIcon } from '../ui/icons'
import { Link } from '../ui/Link'
import type { Recipe } from '../wire/types'

/** Start, once per press: the key of a press is kept until it has an answer. */
export function StartButton({ recipe, big }: { recipe: Recipe; big?: boolean }) {
  const [busy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    const run = await startRecipe(recipe.id, crypto.randomUUID())
    setBusy(false)
    if (run) navigate(`/runs/${run.id}`)
  }
  return (
    <button
      type="button"
      class={`button primary ${big ? 'big' : ''}`}
      disabled={busy}
      onClick={start}
      aria-label={`Start ${recipe.title}`}
    >
      <PlayIcon /> {busy ? 'Starting …' : 'Start'}
    </button>
  )
}

/** How often the recipe worked when it was tried, and how long it took. */
export function seedsText({ seeds }: Recipe): string {
  if (!seeds || seeds.tried === 0) return ''
  const time = typeof seeds.median_s === 'number' ? `, median ${seeds.median_s} s` : ''
  return `${seeds.reached} of ${seeds.tried} seeds reached ${seeds.bar ?? 'the bar'}${time}`
}

export function RecipeCard({ recipe }: { recipe: Recipe }) {
  return (
    <article class="card recipe">
      <h3>{recipe.title}</h3>
      <p class="lesson" title={recipe.doc}>
        {recipe.doc}
      </p>
      <footer>
        <span>{seedsText(recipe)}</span>
        <Link
          class="change"
          href={`/new?recipe=${encodeURIComponent(recipe.id)}`}
          label={`Change before starting: ${recipe.title}`}
        >
          Change before starting
        </Link>
        <StartButton recipe={recipe} />
      </footer>
    </article>
  )
}
