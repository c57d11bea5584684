import { useEffect, useMemo, useState } from 'preact/hooks'
import { overlay } from '../commands/everywhere'
import { offer } from '../commands/registry'
import { viewCommands } from '../commands/view'
import { PageBar } from '../pages/PageBar'
import { ChartBar } from '../panels/ChartBar'
import { mirrorView, readView } from '../store/view'
import { Segmented } from '../ui/Segmented'
import { compareCommands } from './commands'
import { DifferenceTable } from './DifferenceTable'
import { dropMissing, Gathering } from './gathering'
import { Legend, LegendHead } from './Legend'
import { OverlayCard } from './OverlayCard'
import { MetricPicker, RunPicker } from './Pickers'
import { type Band, band, comparePairs, type Grouping, grouping, metricNames, readCompare } from './state'

type Open = 'runs' | 'metrics' | null

/** Any runs on one chart per metric, and how they were set up. The address is the picture. */
export function ComparePage() {
  const gathering = useMemo(() => {
    readView(location.search, 'env_steps')
    readCompare(location.search)
    return new Gathering()
  }, [])
  const [open, setOpen] = useState<Open>(null)
  useEffect(() => {
    document.title = 'Compare · Policyscope'
    const dialogs = { runs: () => setOpen('runs'), metrics: () => setOpen('metrics') }
    const stops = [
      mirrorView(comparePairs),
      offer(viewCommands),
      offer(() => compareCommands(dialogs)),
      () => gathering.dispose(),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [gathering])
  const gone = useGone(gathering)
  const stores = [...gathering.stores.value.values()]
  return (
    <>
      <PageBar />
      <main class="compare">
        <aside aria-label="Compared runs">
          <header>
            <h1>Compare</h1>
            <button type="button" class="button small" onClick={() => setOpen('runs')}>
              Add runs
            </button>
          </header>
          {gone > 0 && (
            <p class="faint" role="status">
              {gone === 1 ? 'A run is' : `${gone} runs are`} not there any more, and left out.
            </p>
          )}
          {stores.length === 0 && <p class="faint">No run is chosen yet.</p>}
          {stores.length > 0 && <LegendHead />}
          <Legend stores={stores} />
          <GroupChoice />
        </aside>
        <section class="compare-charts" aria-label="Charts">
          <ChartBar onMetrics={() => setOpen('metrics')} onHelp={() => (overlay.value = 'help')} />
          <h2 class="visually-hidden">Charts</h2>
          <div class="charts">
            {metricNames.value.map((metric) => (
              <OverlayCard key={metric} metric={metric} gathering={gathering} />
            ))}
          </div>
          <DifferenceTable stores={stores} />
        </section>
      </main>
      {open === 'runs' && <RunPicker onClose={() => setOpen(null)} />}
      {open === 'metrics' && <MetricPicker onClose={() => setOpen(null)} />}
    </>
  )
}

/** How many runs of the address were not there. */
function useGone(gathering: Gathering): number {
  const [gone, setGone] = useState(0)
  const stores = gathering.stores.value
  const statuses = [...stores.values()].map((store) => store.status.value).join()
  useEffect(() => {
    const dropped = dropMissing(stores).length
    if (dropped > 0) setGone((before) => before + dropped)
  }, [statuses])
  return gone
}

const GROUPS: { value: Grouping; text: string }[] = [
  { value: 'none', text: 'runs' },
  { value: 'seed', text: 'seeds' },
  { value: 'tag', text: 'tags' },
]
const BANDS: { value: Band; text: string }[] = [
  { value: 'range', text: 'min–max' },
  { value: 'se', text: '± SE' },
  { value: 'none', text: 'none' },
]

function GroupChoice() {
  return (
    <div class="grouping">
      <div class="row">
        <span>Draw</span>
        <Segmented label="Group by" options={GROUPS} value={grouping.value} onChange={(by) => (grouping.value = by)} />
      </div>
      {grouping.value !== 'none' && (
        <>
          <div class="row">
            <span>Band</span>
            <Segmented label="Band" options={BANDS} value={band.value} onChange={(about) => (band.value = about)} />
          </div>
          <p class="faint">
            {grouping.value === 'seed'
              ? 'Runs that differ in nothing but their seed, edits included, are one group. '
              : 'Runs with the same tags are one group. '}
            Each run is smoothed, then interpolated linearly at 200 equal steps of the axis; the line is the mean of
            those that got that far, dotted where not all did.
          </p>
        </>
      )}
    </div>
  )
}
