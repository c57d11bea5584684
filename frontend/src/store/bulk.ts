import { ApiError, api } from '../wire/api'
import { complaint } from './actions'
import { forget, nextPage, refreshRuns, runs } from './runs'
import { clearSelection } from './selection'
import { filters, setFilter } from './tableView'
import { say } from './toast'

const AT_ONCE = 4

export interface Outcome {
  done: string[]
  refused: string[]
}

/** Do the same to many, a few at a time; a refusal stops none of the others. */
export async function forEach(ids: string[], work: (id: string) => Promise<unknown>): Promise<Outcome> {
  const waiting = [...ids]
  const done: string[] = []
  const refused = new Set<string>()
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await work(id)
        done.push(id)
      } catch (error) {
        refused.add(error instanceof ApiError ? error.error.message : String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { done, refused: [...refused] }
}

const counted = (n: number) => (n === 1 ? '1 run' : `${n} runs`)

/** Hide runs; for 24 hours they can be brought back, at once from the toast. */
export async function removeRuns(ids: string[]): Promise<void> {
  const { done, refused } = await forEach(ids, api.remove)
  forget(done)
  settle(refused, ids.length - done.length)
  if (done.length > 0)
    say({ text: `${counted(done.length)} deleted; the disk is freed in 24 hours.`, undo: () => restoreRuns(done) })
}

export async function restoreRuns(ids: string[]): Promise<void> {
  const { done, refused } = await forEach(ids, api.restore)
  if (filters.peek().deleted) leaveDeleted(done)
  settle(refused, ids.length - done.length)
  if (done.length > 0) say({ text: `${counted(done.length)} brought back.` })
}

/** Among the deleted, what was brought back goes; when it was the last, the view goes back to the runs. */
function leaveDeleted(restored: string[]): void {
  forget(restored)
  if (runs.peek().length === 0 && nextPage.peek() === null) setFilter('deleted', null)
}

export async function stopRuns(ids: string[]): Promise<void> {
  const { done, refused } = await forEach(ids, (id) => api.act(id, { action: 'stop', checkpoint: true }))
  settle(refused, ids.length - done.length)
  if (done.length > 0) say({ text: `${counted(done.length)} told to stop.` })
}

function settle(refused: string[], failed: number): void {
  clearSelection()
  complaint.value = failed > 0 ? `${counted(failed)} left as they are: ${refused.join(' ')}` : null
  void refreshRuns()
}
