import type { StartBody } from '../wire/api'
import type { Catalog, Value } from '../wire/types'
import { below, defaultsOf, type Fields, fromRecipe, type Source } from './fields'

export interface Label {
  seed: Value
  name: string
  tags: string[]
}

/** The body of a start. A recipe is named while its algorithm stands, and only what differs from it is sent. */
export function bodyOf(catalog: Catalog, source: Source, fields: Fields, label: Label): StartBody {
  const recipe = source.recipe?.algorithm === fields.algorithm ? source.recipe : null
  const start = recipe ? fromRecipe(catalog, recipe).fields : defaultsOf(catalog, String(fields.algorithm))
  const controls = Object.entries(below(fields, 'controls.')).filter(
    ([name, value]) => value !== start[`controls.${name}`],
  )
  // Empty is not left out: the server says what it expects there.
  const emptied = Object.keys(start)
    .filter((path) => path.startsWith('controls.') && fields[path] === '')
    .map((path) => [path.slice('controls.'.length), ''])
  return {
    ...(recipe ? { recipe: recipe.id } : { algorithm: String(fields.algorithm) }),
    environment: {
      id: String(fields['environment.id'] ?? ''),
      num_envs: fields['environment.num_envs'] ?? '',
      kwargs: below(fields, 'environment.kwargs.'),
    },
    controls: { ...Object.fromEntries(controls), ...Object.fromEntries(emptied) },
    budget: below(fields, 'budget.'),
    seed: label.seed,
    ...(label.name && { name: label.name }),
    tags: label.tags,
    ...(fields.pace !== undefined && fields.pace !== '' && { pace: fields.pace }),
  }
}

export const splitTags = (text: Value | undefined): string[] => [
  ...new Set(
    String(text ?? '')
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]
