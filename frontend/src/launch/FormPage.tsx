import { effect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { Home, ThemeButton } from '../panels/TopBar'
import { complaint } from '../store/actions'
import { catalog } from '../store/catalog'
import { navigate } from '../store/route'
import { Complaint } from '../ui/Complaint'
import { PlayIcon } from '../ui/icons'
import { Link } from '../ui/Link'
import { readQuery, writeQuery } from './address'
import { Controls } from './Controls'
import type { Source } from './fields'
import { LaunchForm } from './form'
import { Launch } from './launch'
import { Preview } from './Preview'
import { Progress } from './Progress'
import { Queue } from './Queue'
import { RunFields } from './RunFields'
import { Changes, Refusals } from './Summary'
import { What } from './What'

interface Props {
  source: Source
  /** The part of the address that named the source. */
  start: Record<string, string>
}

/** The whole form of a start, with the equation that it makes. */
export function FormPage({ source, start }: Props) {
  const launch = useMemo(() => open(source), [source])
  useEffect(() => {
    const stops = [launch.follow(), mirror(launch, start)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [launch])
  const batch = launch.batch.value
  return (
    <div class="launch">
      <Head launch={launch} />
      <aside class="launch-side">
        <Preview launch={launch} />
        <Refusals launch={launch} />
        <RunFields launch={launch} />
        <Changes launch={launch} />
        <Queue />
      </aside>
      <main class="launch-main">
        <Complaint text={complaint.value} />
        <What launch={launch} />
        <Controls launch={launch} />
      </main>
      {batch && batch.starts.value.length > 1 && (
        <Progress
          batch={batch}
          tag={launch.group.value}
          onRetry={() => void batch.go()}
          onClose={() => launch.again()}
        />
      )}
    </div>
  )
}

function open(source: Source): Launch {
  const given = catalog.peek()!
  return new Launch(new LaunchForm(given, source, readQuery(location.search, given, source)))
}

/** Keep the address a link to the form as it stands. */
function mirror({ form }: Launch, start: Record<string, string>): () => void {
  return effect(() => {
    const query = writeQuery(start, form.fields.value, form.catalog, form.source)
    if (location.pathname === '/new') history.replaceState(history.state, '', `/new${query}`)
  })
}

function Head({ launch }: { launch: Launch }) {
  const { kind, title } = launch.form.source
  return (
    <header class="desk-head">
      <div class="where">
        <Home brand>Policyscope</Home>
        <Home>Runs</Home>
        <span class="faint">/</span>
        <Link href="/new">New run</Link>
        <span class="faint">/</span>
        <h1 title={title}>
          {kind === 'run' && 'Clone of '}
          {title}
        </h1>
      </div>
      <Verdict launch={launch} />
      <StartButton launch={launch} />
      <ThemeButton />
    </header>
  )
}

function Verdict({ launch }: { launch: Launch }) {
  const wrong = launch.errors.value.length
  const verdict = launch.validator.verdict.value
  const text = wrong
    ? `${wrong} to correct`
    : { checking: 'checking …', good: 'can start', bad: 'cannot start', unreachable: 'the server does not answer' }[
        verdict
      ]
  return (
    <span class={`verdict ${wrong ? 'wrong' : ''}`} role="status">
      {text}
    </span>
  )
}

function StartButton({ launch }: { launch: Launch }) {
  const count = launch.count.value
  const busy = launch.batch.value?.busy.value ?? false
  const start = async () => {
    complaint.value = null
    const batch = await launch.start()
    const only = batch?.starts.peek().length === 1 ? batch.starts.peek()[0] : null
    if (only?.run) navigate(`/runs/${only.run}`)
    else if (only) complaint.value = only.error
  }
  return (
    <button type="button" class="button primary" disabled={busy || !launch.ready.value} onClick={() => void start()}>
      <PlayIcon /> {busy ? 'Starting …' : count > 1 ? `Start ${count} runs` : 'Start the run'}
    </button>
  )
}
