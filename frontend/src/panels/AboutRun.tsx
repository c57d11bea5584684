import { useEffect, useState } from 'preact/hooks'
import { bytes } from '../paint/format'
import { Dialog } from '../ui/Dialog'
import { api, type Storage } from '../wire/api'
import { FORMATS, saveExport } from '../wire/exports'

/** What the run occupies, how long it is kept, and the ways to take it along. */
export function AboutRun({ run, onClose }: { run: string; onClose(): void }) {
  const [storage, setStorage] = useState<Storage | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    api
      .storage(run)
      .then(setStorage, (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
  }, [run])
  return (
    <Dialog title="About this run" onClose={onClose}>
      <h3>On disk</h3>
      {storage ? <Parts storage={storage} /> : <p class="faint">{problem || 'Reading …'}</p>}
      <h3>Kept</h3>
      <p>Until somebody deletes it. A deleted run can be brought back for 24 hours; then its disk is freed for good.</p>
      <h3>Take it along</h3>
      <p class="buttons">
        {FORMATS.map(({ format, title }) => (
          <button key={format} type="button" class="button small" onClick={() => saveExport(run, format)}>
            Export {title}
          </button>
        ))}
      </p>
      <p class="faint run-id">
        id <code>{run}</code>
      </p>
    </Dialog>
  )
}

function Parts({ storage }: { storage: Storage }) {
  const parts = Object.entries(storage.parts).sort(([, a], [, b]) => b - a)
  return (
    <dl class="storage">
      {parts.map(([name, size]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{bytes(size)}</dd>
        </div>
      ))}
      <div class="total">
        <dt>together</dt>
        <dd>{bytes(storage.total)}</dd>
      </div>
    </dl>
  )
}
