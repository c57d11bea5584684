import { useEffect, useRef, useState } from 'preact/hooks'
import { navigate } from '../store/route'
import { Dialog } from '../ui/Dialog'
import { api } from '../wire/api'
import type { Run } from '../wire/types'
import { matches } from './fuzzy'
import { type Command, commands, isReady, keyName } from './registry'

const SHOWN = 12
/** Wait for the end of a word before the server is asked for runs, in ms. */
const PAUSE = 120

/** Runs and commands by a few of their letters; arrows choose, Enter does it. */
export function Palette({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const found = useFound(query)
  const chosen = Math.min(at, found.length - 1)
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: 'nearest' })
  }, [chosen])
  const run = (command: Command | undefined) => {
    if (!command) return
    onClose()
    command.act()
  }
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (event.key === 'Enter') run(found[chosen])
    else if (step && found.length) setAt((chosen + step + found.length) % found.length)
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Search runs and commands" bare onClose={onClose}>
      <input
        type="text"
        role="combobox"
        class="palette-query"
        aria-label="Search runs and commands"
        aria-expanded="true"
        aria-controls="palette-found"
        aria-activedescendant={found[chosen] && `found-${chosen}`}
        aria-autocomplete="list"
        placeholder="A run, an action, a switch, a chart …"
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div class="palette-found" id="palette-found" role="listbox" aria-label="Found" ref={list}>
        {found.map((command, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above, which keeps the focus
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div
            key={command.id}
            id={`found-${i}`}
            role="option"
            aria-selected={i === chosen}
            onClick={() => run(command)}
            onPointerMove={() => setAt(i)}
          >
            <span>{command.title}</span>
            <small>{command.section}</small>
            {command.keys?.[0] && <kbd>{keyName(command.keys[0])}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p class="faint palette-none" role="status">
          Nothing matches “{query}”.
        </p>
      )}
    </Dialog>
  )
}

function useFound(query: string): Command[] {
  const [runs, setRuns] = useState<Run[]>([])
  useEffect(() => {
    const timer = setTimeout(() => {
      api.findRuns(query.trim(), SHOWN).then(
        (page) => setRuns(page.runs),
        () => setRuns([]),
      )
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [query])
  const offered = commands.value.filter((command) => !command.keyOnly && isReady(command))
  const all = [...offered, ...runs.map(toRun)]
  return matches(query, all, ({ title, words }) => `${title} ${words ?? ''}`).slice(0, query ? SHOWN : SHOWN + 4)
}

const toRun = ({ id, name, state, seed }: Run): Command => ({
  id: `run:${id}`,
  title: name,
  section: `Run · ${state} · seed ${seed}`,
  words: id,
  act: () => navigate(`/runs/${id}`),
})
