import { signal } from '@preact/signals'
import { dark, toggleTheme } from '../paint/theme'
import { startRecipe } from '../store/actions'
import { catalog } from '../store/catalog'
import { navigate } from '../store/route'
import type { Command } from './registry'

/** What lies over the page. */
export const overlay = signal<'palette' | 'help' | null>(null)

/** The filter of the page in front, if it has one. */
const filter = () => document.querySelector<HTMLInputElement>('input[type="search"]')

/** What every page offers. */
export function everywhere(): Command[] {
  const recipes = catalog.value?.recipes ?? []
  return [
    { ...own('palette', 'Search runs and commands', 'Mod+k'), act: () => (overlay.value = 'palette'), keyOnly: true },
    { ...own('help', 'Keys', '?'), words: 'shortcuts help', act: () => (overlay.value = 'help') },
    { ...own('filter', 'Filter', '/'), ready: () => filter() !== null, act: () => filter()?.focus() },
    { ...own('theme', dark() ? 'Light colours' : 'Dark colours'), words: 'theme', act: toggleTheme },
    { ...own('runs', 'All runs'), words: 'home table', act: () => navigate('/') },
    { ...own('new', 'New run …'), words: 'launch start form', act: () => navigate('/new') },
    { ...own('compare', 'Compare runs'), words: 'overlay', act: () => navigate('/compare') },
    { ...own('lab', 'Estimator lab'), words: 'bias variance baseline gradient', act: () => navigate('/lab') },
    ...recipes.map(({ id, title }) => ({
      id: `start:${id}`,
      title: `Start ${title}`,
      section: 'Start',
      words: `recipe ${id}`,
      act: () => void begin(id),
    })),
  ]
}

const own = (id: string, title: string, ...keys: string[]) => ({ id, title, section: 'Everywhere', keys })

async function begin(recipe: string): Promise<void> {
  const run = await startRecipe(recipe, crypto.randomUUID())
  if (run) navigate(`/runs/${run.id}`)
}
