import { computed, signal } from '@preact/signals'
import { ApiError, api } from '../wire/api'
import type { LabRequest, LabResult, WireError } from '../wire/types'
import { readLab, writeLab } from './address'
import type { Estimator } from './experiment'

export type Answer =
  | { state: 'none' }
  | { state: 'running'; since: number }
  | { state: 'done'; result: LabResult }
  | { state: 'failed'; status: number; error: WireError }

/** One page's experiment: what is asked for, what was answered, and the address that says both. */
export class Lab {
  readonly request = signal<LabRequest>(null as unknown as LabRequest)
  readonly answer = signal<Answer>({ state: 'none' })
  /** What the answer belongs to, as an address. */
  private readonly asked = signal('')
  private cancelling: AbortController | null = null

  constructor(search: string, first: LabRequest) {
    const given = readLab(search)
    this.request.value = given ?? first
    if (given) void this.run()
  }

  /** The experiment has been changed since it was run. */
  readonly stale = computed(() => this.asked.value !== '' && this.asked.value !== writeLab(this.request.value))

  change(part: Partial<LabRequest>): void {
    this.request.value = { ...this.request.peek(), ...part }
    history.replaceState(history.state, '', location.pathname + writeLab(this.request.value))
  }

  setRow(index: number, row: Estimator): void {
    this.change({ estimators: this.request.peek().estimators.map((old, i) => (i === index ? row : old)) })
  }

  /** A whole other experiment, at once. */
  take(request: LabRequest): void {
    this.cancel()
    this.answer.value = { state: 'none' }
    this.change(request)
    void this.run()
  }

  async run(): Promise<void> {
    this.cancel()
    const mine = new AbortController()
    this.cancelling = mine
    const request = this.request.peek()
    this.asked.value = writeLab(request)
    this.answer.value = { state: 'running', since: performance.now() }
    const answer = await ask(request, mine.signal)
    if (this.cancelling === mine) this.answer.value = answer
  }

  /** Hang up: the server then ends the work. */
  cancel(): void {
    this.cancelling?.abort()
    this.cancelling = null
    if (this.answer.peek().state !== 'running') return
    this.asked.value = ''
    this.answer.value = { state: 'none' }
  }
}

async function ask(request: LabRequest, signal: AbortSignal): Promise<Answer> {
  try {
    return { state: 'done', result: await api.lab(request, signal) }
  } catch (error) {
    if (error instanceof ApiError) return { state: 'failed', status: error.status, error: error.error }
    throw error
  }
}
