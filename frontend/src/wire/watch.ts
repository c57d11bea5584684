import type { ErrorMessage, ViewMessage, WatchingMessage, WireError } from './types'

/** Who watches the policy of one run act. */
export interface Watcher {
  /** The server has agreed; views follow. */
  watching(): void
  view(message: ViewMessage): void
  /** Why there is nothing to watch. */
  refused(error: WireError): void
}

interface Watch {
  run: string
  maxFps: number
  watcher: Watcher
  id: number
}

/** What is watched over one socket; asked for again whenever the socket comes back. */
export class Watches {
  private readonly watches = new Map<string, Watch>()

  constructor(private readonly send: (message: (id: number) => object) => number) {}

  get size(): number {
    return this.watches.size
  }

  add(run: string, maxFps: number, watcher: Watcher): () => void {
    const watch = { run, maxFps, watcher, id: 0 }
    this.watches.set(run, watch)
    return () => this.remove(watch)
  }

  ask(run: string): void {
    const watch = this.watches.get(run)
    if (watch) watch.id = this.send((id) => ({ type: 'watch', id, run, on: true, max_fps: watch.maxFps }))
  }

  askAll(): void {
    for (const run of this.watches.keys()) this.ask(run)
  }

  watching({ run, on }: WatchingMessage): void {
    if (on) this.watches.get(run)?.watcher.watching()
  }

  view(message: ViewMessage): void {
    this.watches.get(message.run)?.watcher.view(message)
  }

  error({ id, error }: ErrorMessage): void {
    for (const watch of this.watches.values()) if (watch.id === id) watch.watcher.refused(error)
  }

  private remove(watch: Watch): void {
    const { run } = watch
    if (this.watches.get(run) !== watch) return
    this.watches.delete(run)
    this.send((id) => ({ type: 'watch', id, run, on: false, max_fps: watch.maxFps }))
  }
}
