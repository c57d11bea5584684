import { useEffect, useState } from 'preact/hooks'
import { catalog } from '../store/catalog'
import { Dialog } from '../ui/Dialog'
import { RunDot } from '../ui/RunDot'
import { api } from '../wire/api'
import type { Run } from '../wire/types'
import { titleOf } from './OverlayCard'
import { addRun, lookHere, MOST_RUNS, metricNames, removeRun, runIds, toggleMetric } from './state'

const FOUND = 40
const PAUSE = 150

/** Any run, by its name; a tick puts it into the picture. */
export function RunPicker({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Run[] | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => {
      api.findRuns(query.trim(), FOUND).then(
        (page) => setFound(page.runs),
        () => setFound([]),
      )
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [query])
  const full = runIds.value.length >= MOST_RUNS
  return (
    <Dialog title="Add runs" drawer onClose={onClose}>
      <Filter label="Filter runs" value={query} onInput={setQuery} />
      {full && <p class="faint">{MOST_RUNS} runs are the most that one picture holds.</p>}
      <ul class="choices">
        {found?.map((run) => {
          const chosen = runIds.value.includes(run.id)
          return (
            <li key={run.id}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen}
                  disabled={full && !chosen}
                  onChange={() => (chosen ? removeRun(run.id) : addRun(run.id))}
                />
                <RunDot look={lookHere(run.id)} />
                <span>{run.name}</span>
                <small>
                  {run.environment.id} · seed {run.seed} · {run.state}
                </small>
              </label>
            </li>
          )
        })}
      </ul>
      {found?.length === 0 && <p class="faint">No run matches “{query}”.</p>}
    </Dialog>
  )
}

/** Any metric; a tick gives it a chart. */
export function MetricPicker({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState('')
  const wanted = query.trim().toLowerCase()
  const scalars = (catalog.value?.metrics ?? []).filter(({ kind }) => kind === 'scalar').map(({ name }) => name)
  const names = [...new Set(['episode/return', 'episode/length', ...scalars])]
  return (
    <Dialog title="Charts" drawer onClose={onClose}>
      <Filter label="Filter metrics" value={query} onInput={setQuery} />
      <ul class="choices">
        {names
          .filter((name) => `${name} ${titleOf(name)}`.toLowerCase().includes(wanted))
          .map((name) => (
            <li key={name}>
              <label>
                <input type="checkbox" checked={metricNames.value.includes(name)} onChange={() => toggleMetric(name)} />
                <span>{titleOf(name)}</span>
                <small>{name}</small>
              </label>
            </li>
          ))}
      </ul>
    </Dialog>
  )
}

function Filter({ label, value, onInput }: { label: string; value: string; onInput(text: string): void }) {
  return (
    <input
      type="search"
      class="filter"
      placeholder="Filter"
      aria-label={label}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  )
}
