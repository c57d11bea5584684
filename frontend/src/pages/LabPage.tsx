import { useEffect, useMemo, useState } from 'preact/hooks'
import { offer } from '../commands/registry'
import { writeLab } from '../lab/address'
import { type Answer, Lab } from '../lab/lab'
import { Charts, Facts } from '../lab/Results'
import { Rows } from '../lab/Rows'
import { Setup } from '../lab/Setup'
import { duration } from '../paint/format'
import { catalog } from '../store/catalog'
import type { Laboratory } from '../wire/types'
import { PageBar } from './PageBar'
import { Missing } from './states'

/** Bias and variance of estimators on a fixed policy. The address is the experiment. */
export function LabPage() {
  const given = catalog.value?.laboratory
  useEffect(() => {
    document.title = 'Estimator lab · Policyscope'
  }, [])
  return given?.presets[0] ? <Experiments given={given} /> : <Missing what="This engine has no laboratory." />
}

function Experiments({ given }: { given: Laboratory }) {
  const lab = useMemo(() => new Lab(location.search, given.presets[0]!.request), [])
  useEffect(() => {
    const run = { id: 'lab:run', title: 'Run the experiment', section: 'Laboratory', keys: ['r'] }
    const presets = given.presets.map(({ id, title, request }) => ({
      id: `lab:${id}`,
      title,
      section: 'Laboratory',
      act: () => lab.take(request),
    }))
    const stops = [offer(() => [{ ...run, act: () => void lab.run() }, ...presets]), () => lab.cancel()]
    return () => {
      for (const stop of stops) stop()
    }
  }, [lab])
  const answer = lab.answer.value
  const result = answer.state === 'done' ? answer.result : null
  return (
    <>
      <PageBar />
      <main class="lab">
        <aside aria-label="Experiment">
          <h1>Estimator lab</h1>
          <p class="faint">
            Many estimates of one policy’s gradient, every estimator on the same trajectories, held against the exact
            gradient.
          </p>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void lab.run()
            }}
          >
            <Setup lab={lab} given={given} />
            <Go lab={lab} answer={answer} />
          </form>
        </aside>
        <div class="lab-main">
          <Presets lab={lab} given={given} />
          <Said lab={lab} answer={answer} />
          {result && <Facts result={result} />}
          <div class={lab.stale.value ? 'stale' : ''}>
            <Rows lab={lab} given={given} result={result} />
          </div>
          {result && <Charts result={result} />}
        </div>
      </main>
    </>
  )
}

/** Questions of a lecture, one click each. */
function Presets({ lab, given }: { lab: Lab; given: Laboratory }) {
  const here = writeLab(lab.request.value)
  const chosen = given.presets.find(({ request }) => writeLab(request) === here)
  return (
    <section class="lab-presets" aria-label="Experiments">
      <div>
        {given.presets.map(({ id, title, request }) => (
          <button
            key={id}
            type="button"
            class="button"
            aria-pressed={chosen?.id === id}
            onClick={() => lab.take(request)}
          >
            {title}
          </button>
        ))}
      </div>
      {chosen && <p>{chosen.doc}</p>}
    </section>
  )
}

function Go({ lab, answer }: { lab: Lab; answer: Answer }) {
  if (answer.state === 'running')
    return (
      <div class="lab-go" key="running">
        <button type="button" class="button" onClick={() => lab.cancel()}>
          Cancel
        </button>
        <Elapsed since={answer.since} />
      </div>
    )
  return (
    // A key of its own: a button that became the submitting one under the click would submit.
    <div class="lab-go" key="ready">
      <button type="submit" class="button primary">
        Run
      </button>
      <span class="faint">{lab.stale.value && 'Changed since it was run.'}</span>
    </div>
  )
}

function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100)
    return () => clearInterval(timer)
  }, [])
  return <span class="faint">{duration(Math.max(0, now - since) / 1000)}</span>
}

/** What stands in for a result that is not there: an invitation, a wait, a refusal, a server that is gone. */
function Said({ lab, answer }: { lab: Lab; answer: Answer }) {
  if (answer.state === 'none')
    return <p class="faint">Nothing has been measured yet. Choose a question above, or press Run.</p>
  if (answer.state === 'running')
    return (
      <p class="lab-wait" role="status">
        Sampling and estimating …
      </p>
    )
  if (answer.state === 'done') return null
  const gone = answer.status === 0 || answer.status === 503
  return (
    <div class="banner bad" role="alert">
      <strong>{gone ? 'Nobody answers.' : 'That cannot be run.'}</strong> {answer.error.message}
      <button type="button" class="button small" onClick={() => void lab.run()}>
        Try again
      </button>
    </div>
  )
}
