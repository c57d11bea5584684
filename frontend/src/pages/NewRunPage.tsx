import { useEffect, useState } from 'preact/hooks'
import { Chooser } from '../launch/Chooser'
import { FormPage } from '../launch/FormPage'
import { fromRecipe, fromRun, fromScratch, type Source } from '../launch/fields'
import { catalog } from '../store/catalog'
import type { Route } from '../store/route'
import { ApiError, api } from '../wire/api'
import type { Catalog } from '../wire/types'
import { Missing, Unreachable } from './states'

type Found = Source | 'choose' | 'reading' | { missing: string } | { error: string }

const read = (search: string) => new URLSearchParams(search)

/** Where the form of this address begins: a recipe, a run, an algorithm's defaults, or a choice among them. */
function find(given: Catalog, search: string): Found {
  const query = read(search)
  const [recipe, from, algorithm] = ['recipe', 'from', 'algorithm'].map((name) => query.get(name))
  if (from) return 'reading'
  if (recipe) {
    const found = given.recipes.find(({ id }) => id === recipe)
    return found ? fromRecipe(given, found) : { missing: `There is no recipe ${recipe}.` }
  }
  if (!algorithm) return 'choose'
  return given.controls[algorithm] ? fromScratch(given, algorithm) : { missing: `There is no algorithm ${algorithm}.` }
}

/** Start runs: recipes first, behind them the whole form. */
export function NewRunPage({ at }: { at: Route }) {
  const given = catalog.value!
  const [[place, found], setFound] = useState<[Route | null, Found]>([null, 'reading'])
  const open = () => {
    const begin = find(given, location.search)
    setFound([at, begin])
    const from = read(location.search).get('from')
    if (begin === 'reading' && from) void readRun(given, from).then((source) => setFound([at, source]))
  }
  useEffect(open, [at])
  useEffect(() => {
    document.title = 'New run · Policyscope'
  }, [])
  if (place !== at || found === 'reading') return null
  if (found === 'choose') return <Chooser />
  if ('missing' in found) return <Missing what={found.missing} />
  if ('error' in found) return <Unreachable message={found.error} onRetry={open} />
  return <FormPage key={location.search} source={found} start={startOf(location.search)} />
}

async function readRun(given: Catalog, id: string): Promise<Found> {
  try {
    const run = await api.run(id)
    return given.controls[run.algorithm]
      ? fromRun(given, run)
      : { missing: `This engine does not know the algorithm ${run.algorithm} of that run.` }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return error instanceof ApiError && error.status === 404
      ? { missing: `There is no run ${id}.` }
      : { error: message }
  }
}

/** The part of the address that says where the form began. */
function startOf(search: string): Record<string, string> {
  const query = read(search)
  for (const name of ['from', 'recipe', 'algorithm']) {
    const value = query.get(name)
    if (value) return { [name]: value }
  }
  return {}
}
