import { useEffect, useMemo } from 'preact/hooks'
import { Queue } from '../launch/Queue'
import { integer } from '../paint/format'
import { loadPlotly } from '../paint/plot'
import { Formula } from '../panels/Equation'
import { RecipeCard, StartButton, seedsText } from '../panels/RecipeCard'
import { RunTable } from '../panels/RunTable'
import { TopBar } from '../panels/TopBar'
import { complaint } from '../store/actions'
import { algorithmOf, catalog, controlsOf, environmentOf } from '../store/catalog'
import type { Route } from '../store/route'
import { followRuns, nextPage, runs, runsError, runsState, turning } from '../store/runs'
import { clearSelection } from '../store/selection'
import { filters, isFiltered, mirrorTable, readTable } from '../store/tableView'
import { BulkBar } from '../table/BulkBar'
import { Filters } from '../table/Filters'
import { Complaint } from '../ui/Complaint'
import { Link } from '../ui/Link'
import { loadKatex } from '../ui/Tex'
import { ToastBar } from '../ui/ToastBar'
import type { Recipe } from '../wire/types'

/** The first screen: every run, and one click to start another. */
export function RunsPage({ at }: { at: Route }) {
  useMemo(() => readTable(location.search), [at])
  useEffect(() => {
    document.title = 'Runs · Policyscope'
    const timer = setTimeout(warmUp, 800)
    const stops = [followRuns(), mirrorTable(), clearSelection, () => clearTimeout(timer)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  return (
    <>
      <TopBar />
      <main>
        <Complaint text={complaint.value} />
        <Content />
      </main>
      <ToastBar />
    </>
  )
}

/** What the desk will need, fetched while the person reads. */
function warmUp(): void {
  void loadPlotly()
  void loadKatex()
}

function Content() {
  const recipes = catalog.value?.recipes ?? []
  if (runsState.value === 'loading') return <Loading />
  if (runsState.value === 'error') return <Unreadable />
  if (runs.value.length === 0 && !isFiltered.value && !turning.value) return <Empty recipes={recipes} />
  return (
    <div class="runs">
      <section aria-label="Runs">
        <header>
          <h1>{filters.value.deleted ? 'Deleted runs' : 'Runs'}</h1>
          <Counted />
          <BulkBar />
          <Link class="button primary small new-run" href="/new">
            New run
          </Link>
        </header>
        <Filters />
        <RunTable />
      </section>
      <section aria-label="Start a run" class="start-side">
        <header>
          <h1>Start a run</h1>
        </header>
        <Queue />
        <h2 class="visually-hidden">Recipes</h2>
        <div class="recipes">
          {recipes.map((recipe) => (
            <RecipeCard key={recipe.id} recipe={recipe} />
          ))}
        </div>
      </section>
    </div>
  )
}

/** How many rows have been read; with more behind them a plus. */
function Counted() {
  const more = nextPage.value === null ? '' : '+'
  return (
    <span class="faint" role="status">
      {integer(runs.value.length)}
      {more}
      {filters.value.deleted && ' · gone for good 24 hours after they were deleted'}
    </span>
  )
}

/** Nothing has been run here: the demonstration is the first click. */
function Empty({ recipes }: { recipes: Recipe[] }) {
  const [first, ...others] = recipes
  if (!first) return <p class="center-state">The engine declares no recipes; start a run through the API.</p>
  return (
    <>
      <section class="hero">
        <div>
          <h1>{first.title}</h1>
          <p>{first.doc}</p>
          <div class="go">
            <StartButton recipe={first} big />
            <Link class="button big" href={`/new?recipe=${encodeURIComponent(first.id)}`}>
              Change before starting
            </Link>
            <span class="faint">The first curve moves within a second.</span>
          </div>
        </div>
        <Sheet recipe={first} />
      </section>
      {others.length > 0 && (
        <section class="others" aria-label="Other recipes">
          <h2>Or begin with another</h2>
          <div class="recipes">
            {others.map((recipe) => (
              <RecipeCard key={recipe.id} recipe={recipe} />
            ))}
          </div>
        </section>
      )}
      <p class="others">
        <Link href="/?deleted=true">Runs deleted within the last 24 hours</Link>
      </p>
    </>
  )
}

/** What will run, as a formula and four facts. */
function Sheet({ recipe }: { recipe: Recipe }) {
  const algorithm = algorithmOf(recipe.algorithm)
  const controls = controlsOf(recipe.algorithm)
  const values = {
    ...Object.fromEntries(controls.map(({ name, default: value }) => [name, value])),
    ...recipe.controls,
  }
  const environment = environmentOf(recipe.environment.id)
  return (
    <div class="card sheet">
      <h2>What it minimises</h2>
      {algorithm && <Formula algorithm={algorithm} controls={controls} values={values} />}
      <dl>
        <dt>Algorithm</dt>
        <dd>{algorithm?.title ?? recipe.algorithm}</dd>
        <dt>Environment</dt>
        <dd>{environment?.title ?? recipe.environment.id}</dd>
        {recipe.budget?.env_steps && (
          <>
            <dt>Budget</dt>
            <dd>{integer(recipe.budget.env_steps)} environment steps</dd>
          </>
        )}
        {seedsText(recipe) && (
          <>
            <dt>Tried before</dt>
            <dd>{seedsText(recipe)}</dd>
          </>
        )}
      </dl>
    </div>
  )
}

const Loading = () => (
  <div class="runs" role="status" aria-label="Reading the runs">
    <div class="skeleton" style={{ height: 320 }} />
    <div class="skeleton" style={{ height: 320 }} />
  </div>
)

const Unreadable = () => (
  <div class="center-state" role="alert">
    <h1>The runs cannot be read</h1>
    <p>{runsError.value} This page tries again every few seconds.</p>
  </div>
)
