import { useState } from 'preact/hooks'
import { removeRuns, restoreRuns, stopRuns } from '../store/bulk'
import { navigate } from '../store/route'
import { isActive, isTerminal } from '../store/runs'
import { clearSelection, selected } from '../store/selection'
import { filters } from '../store/tableView'
import { Confirm } from '../ui/Dialog'
import type { Run } from '../wire/types'

const ids = (runs: Run[]) => runs.map(({ id }) => id)

/** What can be done with all selected runs at once. */
export function BulkBar() {
  const chosen = [...selected.value.values()]
  if (chosen.length === 0) return null
  return (
    <div class="bulk" role="toolbar" aria-label="Selected runs">
      <strong>{chosen.length} selected</strong>
      {filters.value.deleted ? (
        <button type="button" class="button small" onClick={() => void restoreRuns(ids(chosen))}>
          Bring back
        </button>
      ) : (
        <Actions chosen={chosen} />
      )}
      <button type="button" class="button quiet small" onClick={clearSelection}>
        Clear
      </button>
    </div>
  )
}

function Actions({ chosen }: { chosen: Run[] }) {
  const [stopping, setStopping] = useState(false)
  const active = chosen.filter(isActive)
  const ended = chosen.filter(isTerminal)
  return (
    <>
      <button
        type="button"
        class="button small"
        disabled={chosen.length < 2}
        onClick={() => navigate(`/compare?runs=${ids(chosen).join()}`)}
      >
        Compare
      </button>
      <button type="button" class="button small" disabled={active.length === 0} onClick={() => setStopping(true)}>
        Stop {active.length || ''}
      </button>
      <button
        type="button"
        class="button small danger"
        disabled={ended.length === 0}
        title={active.length > 0 ? 'Only runs that have ended; stop the others first.' : undefined}
        onClick={() => void removeRuns(ids(ended))}
      >
        Delete {ended.length || ''}
      </button>
      {stopping && (
        <Confirm
          title={active.length === 1 ? 'Stop this run?' : `Stop ${active.length} runs?`}
          text="Each writes a last checkpoint and ends; an ended run cannot be resumed."
          action={active.length === 1 ? 'Stop the run' : 'Stop them'}
          onConfirm={() => void stopRuns(ids(active))}
          onClose={() => setStopping(false)}
        />
      )}
    </>
  )
}
