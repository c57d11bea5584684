import { useState } from 'preact/hooks'
import { controlsOf } from '../store/catalog'
import type { RunStore } from '../store/run'
import { RunDot } from '../ui/RunDot'
import { rowsOf } from './difference'
import { lookHere } from './state'

/** How the runs were set up and what was done to them; by default only where they differ. */
export function DifferenceTable({ stores }: { stores: RunStore[] }) {
  const [all, setAll] = useState(false)
  const known = stores.flatMap((store) => (store.run.value ? [{ id: store.id, run: store.run.value, store }] : []))
  if (known.length === 0) return null
  const rows = rowsOf(
    known.map(({ run, store }) => ({ run, events: store.events.list.value, controls: controlsOf(run.algorithm) })),
  )
  const shown = rows.filter(({ differs }) => all || differs)
  return (
    <section class="card difference" aria-label="Configuration">
      <header>
        <h2>{all ? 'Configuration' : 'Where they differ'}</h2>
        <label>
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> all {rows.length} fields
        </label>
      </header>
      {shown.length === 0 ? (
        <p class="faint">
          {known.length === 1
            ? 'One run: nothing to compare it with.'
            : 'These runs are set up alike, down to the seed.'}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is moved with the arrow keys
        <section class="table-scroll" tabIndex={0} aria-label="Fields by run">
          <table class="list">
            <thead>
              <tr>
                <th scope="col">Field</th>
                {known.map(({ id, run }) => (
                  <th key={id} scope="col">
                    <RunDot look={lookHere(id)} /> {run.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ name, section, cells, differs }) => (
                <tr key={`${section} ${name}`}>
                  <th scope="row" title={section}>
                    {name}
                  </th>
                  {cells.map((cell, i) => (
                    <td key={known[i]!.id} class={differs ? 'differs' : ''}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
