import { useEffect, useRef, useState } from 'preact/hooks'
import { catalog } from '../store/catalog'
import { runs } from '../store/runs'
import { filters, setFilter, toggleState } from '../store/tableView'
import { ColumnChooser } from './ColumnChooser'

const STATES = ['queued', 'starting', 'running', 'paused', 'stopping', 'finished', 'stopped', 'failed']
/** The server is asked when the typing rests. */
const REST_MS = 200

/** What narrows the table: a text, and one chip for each thing chosen. */
export function Filters() {
  const { state, tag, algorithm, environment, deleted } = filters.value
  const given = catalog.value
  const tags = [...new Set(runs.value.flatMap((run) => run.tags))].sort().slice(0, 100)
  const states = state?.split(',') ?? []
  return (
    <div class="filters">
      <TextFilter />
      <Choose label="State" options={STATES.filter((one) => !states.includes(one))} onChoose={toggleState} />
      <Choose
        label="Algorithm"
        options={given?.algorithms.map(({ id }) => id) ?? []}
        onChoose={(id) => setFilter('algorithm', id)}
      />
      <Choose
        label="Environment"
        options={given?.environments.map(({ id }) => id) ?? []}
        onChoose={(id) => setFilter('environment', id)}
      />
      {tags.length > 0 && <Choose label="Tag" options={tags} onChoose={(one) => setFilter('tag', one)} />}
      <button
        type="button"
        class="button small"
        aria-pressed={deleted ?? false}
        onClick={() => setFilter('deleted', !deleted)}
      >
        Deleted
      </button>
      <ColumnChooser />
      <div class="chips">
        {states.map((one) => (
          <Chip key={one} label="state" value={one} onRemove={() => toggleState(one)} />
        ))}
        {Object.entries({ algorithm, environment, tag }).map(
          ([name, value]) =>
            value && (
              <Chip key={name} label={name} value={value} onRemove={() => setFilter(name as 'algorithm', null)} />
            ),
        )}
      </div>
    </div>
  )
}

function TextFilter() {
  const asked = filters.value.q ?? ''
  const [text, setText] = useState(asked)
  const sent = useRef(asked)
  // Only what came from elsewhere is taken over: one's own words arrive here late, when more has been typed.
  useEffect(() => {
    if (asked !== sent.current) setText(asked)
    sent.current = asked
  }, [asked])
  useEffect(() => {
    if (text.trim() === asked) return
    const timer = setTimeout(() => {
      sent.current = text.trim()
      setFilter('q', sent.current)
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <input
      type="search"
      placeholder="Filter by name, tag, notes …  /"
      aria-label="Filter the runs"
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
    />
  )
}

interface ChooseProps {
  label: string
  options: string[]
  onChoose(value: string): void
}

function Choose({ label, options, onChoose }: ChooseProps) {
  return (
    <select
      aria-label={`Filter by ${label.toLowerCase()}`}
      value=""
      onChange={(event) => {
        if (event.currentTarget.value) onChoose(event.currentTarget.value)
        event.currentTarget.value = ''
      }}
    >
      <option value="">{label}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  )
}

function Chip({ label, value, onRemove }: { label: string; value: string; onRemove(): void }) {
  return (
    <button type="button" class="chip" aria-label={`Remove the filter ${label} ${value}`} onClick={onRemove}>
      <span class="faint">{label}</span> {value} <span aria-hidden="true">×</span>
    </button>
  )
}
