import { effect, signal } from '@preact/signals'
import { RunStore } from '../store/run'
import { metricNames, removeRun, runIds } from './state'

/** Messages per second of each run: enough to see it move. */
const MAX_HZ = 4

/** The stores of the compared runs, opened and let go as runs come and go. */
export class Gathering {
  readonly stores = signal<ReadonlyMap<string, RunStore>>(new Map())
  private readonly stop: () => void

  constructor() {
    this.stop = effect(() => this.follow(runIds.value))
  }

  dispose(): void {
    this.stop()
    for (const store of this.stores.peek().values()) store.dispose()
  }

  private follow(ids: string[]): void {
    const before = this.stores.peek()
    for (const [id, store] of before) if (!ids.includes(id)) store.dispose()
    this.stores.value = new Map(ids.map((id) => [id, before.get(id) ?? begin(id)]))
  }
}

function begin(id: string): RunStore {
  const series = [...metricNames.peek()]
  const store = new RunStore(id, { series, distributions: [], everything: false, maxHz: MAX_HZ })
  void store.open()
  return store
}

/** Runs that are not there (any more) leave the picture and the address. */
export function dropMissing(stores: ReadonlyMap<string, RunStore>): string[] {
  const missing = [...stores.values()]
    .filter((store) => store.status.value === 'missing' || store.status.value === 'deleted')
    .map(({ id }) => id)
  for (const id of missing) removeRun(id)
  return missing
}
