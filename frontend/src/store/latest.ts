import { batch, type Signal, signal } from '@preact/signals'
import { decode } from '../wire/numbers'
import type { FrameMessage, SeriesReply } from '../wire/types'

/** The newest value of every scalar of a run, each a signal for text. */
export class Latest {
  private readonly values = new Map<string, Signal<number | null>>()

  of(name: string): Signal<number | null> {
    let value = this.values.get(name)
    if (!value) {
      value = signal<number | null>(null)
      this.values.set(name, value)
    }
    return value
  }

  frame({ scalars, ended }: FrameMessage): void {
    for (const [name, column] of Object.entries(scalars)) this.note(name, decode(column.last.at(-1)))
    const last = ended.at(-1)
    if (last) this.note('episode/return', decode(last.return))
  }

  /** History fills what the stream has not said yet. */
  history({ series }: SeriesReply): void {
    batch(() => {
      for (const [name, columns] of Object.entries(series)) {
        if (this.of(name).peek() === null) this.note(name, decode(columns.last.at(-1)))
      }
    })
  }

  private note(name: string, value: number | null): void {
    if (value !== null) this.of(name).value = value
  }
}
