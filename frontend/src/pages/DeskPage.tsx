import { useEffect, useMemo, useState } from 'preact/hooks'
import { offered } from '../charts'
import { deskCommands } from '../commands/desk'
import { overlay } from '../commands/everywhere'
import { playerCommands, toggleLarge } from '../commands/player'
import { offer } from '../commands/registry'
import { viewCommands } from '../commands/view'
import { AboutRun } from '../panels/AboutRun'
import { ChartBar } from '../panels/ChartBar'
import { ChartGrid } from '../panels/ChartGrid'
import { Connection } from '../panels/Connection'
import { ControlPanel } from '../panels/ControlPanel'
import { EquationCard } from '../panels/Equation'
import { MetricDrawer } from '../panels/MetricDrawer'
import { RunLog } from '../panels/RunLog'
import { Timeline } from '../panels/Timeline'
import { Home, ThemeButton } from '../panels/TopBar'
import { Readouts, Transport } from '../panels/Transport'
import { PlayerPanel } from '../player/PlayerPanel'
import { Player } from '../player/player'
import { complaint, restore } from '../store/actions'
import { algorithmOf, catalog, controlsOf, environmentOf } from '../store/catalog'
import { navigate } from '../store/route'
import { RunStore } from '../store/run'
import { isTerminal } from '../store/runs'
import { largePlayer, mirrorView, readView } from '../store/view'
import { Complaint } from '../ui/Complaint'
import { Menu } from '../ui/Menu'
import { StatePill } from '../ui/StatePill'
import { exportItems } from '../wire/exports'
import type { Metric } from '../wire/types'
import { Deleted, Missing, Unreachable } from './states'

type Open = 'metrics' | 'about' | 'log' | null

/** One run: what it does, what it measures, and the switches. */
export function DeskPage({ id }: { id: string }) {
  const metrics = catalog.value?.metrics ?? []
  const store = useMemo(() => openStore(id, metrics), [id])
  const player = useMemo(() => new Player(store), [store])
  const [open, setOpen] = useState<Open>(null)
  useEffect(() => {
    void store.open()
    player.open()
    const stops = [
      mirrorView(),
      offer(viewCommands),
      offer(() => deskCommands(store, metrics, dialogs(setOpen))),
      offer(() => playerCommands(player)),
      () => player.dispose(),
      () => store.dispose(),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [store])
  const status = store.status.value
  if (status === 'deleted') return <Deleted name={store.run.value?.name ?? id} onRestore={() => void restore(store)} />
  if (status === 'missing') return <Missing what={`There is no run ${id}.`} />
  if (status === 'error') return <Unreachable message={store.error.value} onRetry={() => void store.open()} />
  return <Desk store={store} player={player} metrics={metrics} open={open} setOpen={setOpen} />
}

/** The series that the first picture needs are read together. */
function openStore(id: string, metrics: Metric[]): RunStore {
  readView(location.search)
  const declared = new Set(metrics.map(({ name }) => name))
  const charts = offered(metrics)
  const series = charts
    .flatMap((spec) => spec.series(metrics))
    .filter((name) => declared.has(name) || name.startsWith('episode/'))
  const distributions = charts.flatMap((spec) => (spec.later ? [] : (spec.distributions ?? [])))
  return new RunStore(id, {
    series: [...new Set([...series, 'time/steps_per_second'])],
    distributions: [...new Set(distributions)],
    everything: true,
  })
}

const dialogs = (setOpen: (open: Open) => void) => ({
  metrics: () => setOpen('metrics'),
  log: () => setOpen('log'),
  about: () => setOpen('about'),
})

interface DeskProps {
  store: RunStore
  player: Player
  metrics: Metric[]
  open: Open
  setOpen(open: Open): void
}

function Desk({ store, player, metrics, open, setOpen }: DeskProps) {
  const run = store.run.value
  const controls = run ? controlsOf(run.algorithm) : []
  const close = () => setOpen(null)
  useEffect(() => {
    document.title = `${run?.name ?? 'Run'} · Policyscope`
  }, [run?.name])
  return (
    <div class={`desk ${largePlayer.value ? 'large-player' : ''}`}>
      <DeskHead store={store} onAbout={() => setOpen('about')} />
      <aside class="desk-side">
        <EquationCard store={store} algorithm={run ? algorithmOf(run.algorithm) : undefined} controls={controls} />
        <ControlPanel
          store={store}
          controls={controls}
          equation={run ? algorithmOf(run.algorithm)?.equation : []}
          actions={run ? environmentOf(run.environment.id)?.actions?.kind : undefined}
        />
      </aside>
      <main class="desk-charts">
        <Banners store={store} onLog={() => setOpen('log')} />
        <ChartBar
          onRollout={toggleLarge}
          onMetrics={() => setOpen('metrics')}
          onHelp={() => (overlay.value = 'help')}
        />
        <ChartGrid store={store} metrics={metrics} />
      </main>
      <PlayerPanel player={player} />
      <footer class="desk-line">
        <Timeline store={store} controls={controls} onEpisode={(n) => player.choose(n)} />
      </footer>
      {open === 'metrics' && <MetricDrawer store={store} metrics={metrics} onClose={close} />}
      {open === 'about' && <AboutRun run={store.id} onClose={close} />}
      {open === 'log' && <RunLog run={store.id} onClose={close} />}
    </div>
  )
}

function RunMenu({ run, onAbout }: { run: string; onAbout(): void }) {
  const others = { text: 'Compare with others', act: () => navigate(`/compare?runs=${run}`) }
  return (
    <Menu
      label="This run: menu"
      items={[...exportItems(run), others, { text: 'About: disk use, how long kept', act: onAbout }]}
    />
  )
}

function DeskHead({ store, onAbout }: { store: RunStore; onAbout(): void }) {
  const run = store.run.value
  return (
    <header class="desk-head">
      <div class="where">
        <Home brand>Policyscope</Home>
        <Home>Runs</Home>
        <span class="faint">/</span>
        <h1 title={run?.name}>{run?.name ?? '…'}</h1>
        {run && <StatePill state={run.state} reachable={run.reachable || isTerminal(run)} />}
      </div>
      <Transport store={store} />
      {run && <RunMenu run={store.id} onAbout={onAbout} />}
      <Readouts store={store} />
      <Connection store={store} />
      <ThemeButton />
    </header>
  )
}

/** What is the matter, and the next step. */
function Banners({ store, onLog }: { store: RunStore; onLog(): void }) {
  const run = store.run.value
  const log = (
    <button type="button" class="button small" onClick={onLog}>
      Show the log
    </button>
  )
  return (
    <div class="banners">
      <Complaint text={complaint.value} />
      {run?.state === 'failed' && (
        <div class="banner bad" role="alert">
          <strong>The run failed.</strong> {run.reason ?? 'No reason was recorded.'} {log}
        </div>
      )}
      {run?.state === 'queued' && <div class="banner">Waiting for a free place on the machine.</div>}
      {run?.state === 'paused' && !run.reachable && (
        <div class="banner">
          <strong>Set aside.</strong> The server was stopped and kept a checkpoint; Resume goes on from there.
        </div>
      )}
      {run?.state === 'running' && !run.reachable && (
        <div class="banner">
          <strong>The trainer cannot be heard.</strong> It goes on by itself; its numbers arrive when it is back. {log}
        </div>
      )}
    </div>
  )
}
