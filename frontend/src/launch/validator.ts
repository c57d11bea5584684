import { batch, signal } from '@preact/signals'
import type { StartBody } from '../wire/api'
import type { WireError } from '../wire/types'

export type Verdict = 'checking' | 'good' | 'bad' | 'unreachable'

const WAIT_MS = 200

/** Asks the server about the form while it is typed; an answer to an older question is dropped. */
export class Validator {
  readonly errors = signal<WireError[]>([])
  readonly verdict = signal<Verdict>('checking')
  private question = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly send: (body: StartBody) => Promise<{ ok: boolean; errors: WireError[] }>) {}

  ask(body: StartBody): void {
    const question = ++this.question
    clearTimeout(this.timer)
    this.verdict.value = 'checking'
    this.timer = setTimeout(() => void this.answer(question, body), WAIT_MS)
  }

  close(): void {
    this.question++
    clearTimeout(this.timer)
  }

  /** Refusals that a start itself was answered with. */
  refuse(errors: WireError[]): void {
    batch(() => {
      this.errors.value = errors
      this.verdict.value = 'bad'
    })
  }

  private async answer(question: number, body: StartBody): Promise<void> {
    const found = await this.send(body).catch(() => null)
    if (question !== this.question) return
    batch(() => {
      if (found) this.errors.value = found.errors
      this.verdict.value = found === null ? 'unreachable' : found.ok ? 'good' : 'bad'
    })
  }
}
