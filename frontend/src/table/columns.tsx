import type { ComponentChildren } from 'preact'
import { ago, integer, short } from '../paint/format'
import { algorithmOf } from '../store/catalog'
import { countersOf } from '../store/liveRows'
import { isTerminal } from '../store/runs'
import { sparkOf } from '../store/sparks'
import { setFilter } from '../store/tableView'
import { Sparkline } from '../ui/Sparkline'
import { StatePill } from '../ui/StatePill'
import { decode } from '../wire/numbers'
import type { Run, WireNumber } from '../wire/types'
import { Editable } from './Editable'

export interface Column {
  id: string
  title: string
  /** The server's name for this order. */
  sort?: string
  number?: boolean
  /** What its numbers are, in small letters under the title, and at length. */
  note?: string
  doc?: string
  /** Shown from this window on unless columns were chosen: always, on a tablet, on a wide screen, only when chosen. */
  from: 'always' | 'medium' | 'wide' | 'chosen'
  cell(run: Run): ComponentChildren
}

/** Everything that can stand in a row behind its name. */
export const COLUMNS: Column[] = [
  { id: 'state', title: 'State', sort: 'state', from: 'always', cell: (run) => <State run={run} /> },
  {
    id: 'algorithm',
    title: 'Algorithm',
    sort: 'algorithm',
    from: 'medium',
    cell: ({ algorithm }) => algorithmOf(algorithm)?.title ?? algorithm,
  },
  {
    id: 'environment',
    title: 'Environment',
    sort: 'environment',
    from: 'wide',
    cell: ({ environment }) => environment.id,
  },
  { id: 'seed', title: 'Seed', sort: 'seed', number: true, from: 'medium', cell: ({ seed }) => seed },
  {
    id: 'update',
    title: 'Updates',
    sort: 'update',
    number: true,
    from: 'chosen',
    cell: (run) => <Counter run={run} of="update" />,
  },
  {
    id: 'env_steps',
    title: 'Steps',
    sort: 'env_steps',
    number: true,
    from: 'medium',
    cell: (run) => <Counter run={run} of="env_steps" />,
  },
  {
    id: 'episodes',
    title: 'Episodes',
    sort: 'episodes',
    number: true,
    from: 'chosen',
    cell: (run) => <Counter run={run} of="episodes" />,
  },
  {
    id: 'last_return',
    title: 'Return',
    note: 'mean of 100',
    doc: 'Mean return of the last 100 training episodes, or of all while there are fewer',
    sort: 'last_return',
    number: true,
    from: 'always',
    cell: ({ last_return }) => <strong>{numberText(last_return)}</strong>,
  },
  {
    id: 'best_return',
    title: 'Best',
    note: 'mean of 100',
    doc: 'The highest that the mean return of the last 100 training episodes has been, from the tenth episode on',
    sort: 'best_return',
    number: true,
    from: 'medium',
    cell: ({ best_return }) => numberText(best_return),
  },
  { id: 'spark', title: 'Return over episodes', from: 'medium', cell: (run) => <Spark run={run} /> },
  { id: 'tags', title: 'Tags', from: 'wide', cell: (run) => <Tags run={run} /> },
  { id: 'notes', title: 'Notes', from: 'wide', cell: (run) => <Editable run={run} field="notes" /> },
  {
    id: 'created',
    title: 'Created',
    sort: 'created',
    from: 'wide',
    cell: ({ created }) => (
      <span class="faint" title={created}>
        {ago(created)}
      </span>
    ),
  },
  { id: 'owner', title: 'Started by', sort: 'owner', from: 'chosen', cell: ({ owner }) => owner },
]

const numberText = (value: WireNumber) => short(value === null ? null : decode(value))

const State = ({ run }: { run: Run }) => <StatePill state={run.state} reachable={run.reachable || isTerminal(run)} />

/** The newest that the record or the stream says; a counter never runs back. */
function Counter({ run, of }: { run: Run; of: 'update' | 'env_steps' | 'episodes' }) {
  return <>{integer(Math.max(run[of], countersOf(run.id).value?.[of] ?? 0))}</>
}

function Spark({ run }: { run: Run }) {
  return <Sparkline spark={sparkOf(run.id).value ?? undefined} label={`Return of ${run.name} over episodes`} />
}

function Tags({ run }: { run: Run }) {
  return (
    <Editable run={run} field="tags">
      {run.tags.map((tag) => (
        <button key={tag} type="button" class="tag" title={`Only “${tag}”`} onClick={() => setFilter('tag', tag)}>
          {tag}
        </button>
      ))}
    </Editable>
  )
}
