import { PageBar } from '../pages/PageBar'
import { RecipeCard } from '../panels/RecipeCard'
import { complaint } from '../store/actions'
import { catalog } from '../store/catalog'
import { Complaint } from '../ui/Complaint'
import { Link } from '../ui/Link'
import { Queue } from './Queue'

/** Recipes first: one click starts one, another opens its form; below them the algorithms at their defaults. */
export function Chooser() {
  const { recipes, algorithms } = catalog.value!
  return (
    <>
      <PageBar />
      <main class="chooser">
        <Complaint text={complaint.value} />
        <div>
          <section aria-label="Recipes">
            <h1>New run</h1>
            <h2 class="visually-hidden">Recipes</h2>
            <div class="recipes">
              {recipes.map((recipe) => (
                <RecipeCard key={recipe.id} recipe={recipe} />
              ))}
            </div>
          </section>
          <section aria-label="From an algorithm's defaults">
            <h2>Or from an algorithm’s defaults</h2>
            <ul class="from-defaults">
              {algorithms.map(({ id, title, doc }) => (
                <li key={id}>
                  <Link class="button" href={`/new?algorithm=${encodeURIComponent(id)}`}>
                    {title || id}
                  </Link>
                  <span>{doc}</span>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <aside>
          <Queue />
        </aside>
      </main>
    </>
  )
}
