import { type ReadonlySignal, signal } from '@preact/signals'
import { ApiError } from '../wire/api'
import type { EpisodeDocument } from '../wire/types'
import { message, type Shelf } from './shelf'
import { type Tape, tapeOf } from './tape'

export type Loaded =
  | { state: 'none' }
  | { state: 'loading'; n: number }
  | { state: 'ready'; n: number; tape: ReadonlySignal<Tape>; document: EpisodeDocument }
  | { state: 'failed'; n: number; why: string; gone: boolean }

/** One place of the player for a recorded episode. */
export class Side {
  readonly loaded = signal<Loaded>({ state: 'none' })

  constructor(private readonly shelf: Shelf) {}

  /** Show this episode, or nothing; true once it is there and still wanted. */
  async show(n: number | null): Promise<boolean> {
    const now = this.loaded.peek()
    if (n === null) this.loaded.value = { state: 'none' }
    if (n === null || (now.state === 'ready' && now.n === n)) return n !== null
    const asked: Loaded = { state: 'loading', n }
    this.loaded.value = asked
    try {
      const document = await this.shelf.document(n)
      if (this.loaded.peek() !== asked) return false
      this.loaded.value = { state: 'ready', n, tape: signal(tapeOf(document)), document }
      return true
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404
      if (this.loaded.peek() === asked) this.loaded.value = { state: 'failed', n, why: message(error), gone }
      return false
    }
  }

  get tape(): Tape | null {
    const now = this.loaded.value
    return now.state === 'ready' ? now.tape.value : null
  }
}
