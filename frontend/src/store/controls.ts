import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import { ApiError } from '../wire/api'
import type { EventMessage, Run, Value } from '../wire/types'

export interface Change {
  name: string
  old: Value
  new: Value
}

/** A value on its way: sent, and shown as such until the server's event says what became of it. */
export interface Pending {
  value: Value
  editId: string
}

/** Why an edit did not happen. */
export interface Refusal {
  message: string
  /** Set when somebody else was first. */
  conflict: { by: string; values: Record<string, Value> } | null
}

/** Ids of edits that take another back begin with this, so that everybody's log can say so. */
export const UNDO = 'undo-'

export type SendEdit = (
  values: Record<string, Value>,
  expectVersion: number,
  editId: string,
) => Promise<{ edit_id: string; version: number }>

/** Control values of one run. Only a server message changes `confirmed`. */
export class ControlsStore {
  readonly confirmed = signal<Record<string, Value>>({})
  readonly pending = signal<Record<string, Pending>>({})
  readonly refused = signal<Record<string, Refusal>>({})
  readonly busy: ReadonlySignal<boolean> = computed(() => Object.keys(this.pending.value).length > 0)
  /** Own edits that can be taken back, the last one last. */
  private readonly made = signal<Change[]>([])
  private version = 0
  private queue: Promise<void> = Promise.resolve()

  constructor(
    private readonly sendEdit: SendEdit,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {}

  /** The value that the screen shows: the pending one while there is one. */
  shown(name: string): Value | undefined {
    const pending = this.pending.value[name]
    return pending ? pending.value : this.confirmed.value[name]
  }

  /** The run record is the truth about values, whoever changed them. */
  fromRun(run: Run): void {
    if (run.controls.version < this.version && Object.keys(this.confirmed.value).length > 0) return
    batch(() => {
      this.version = run.controls.version
      this.confirmed.value = run.controls.values
    })
  }

  /** Edits go out one after the other, so that each expects the version the one before it made. */
  edit(name: string, value: Value): Promise<void> {
    const old = this.shown(name)
    if (old !== undefined) this.made.value = [...this.made.peek(), { name, old, new: value }]
    return this.begin(name, value, this.newId())
  }

  /** Whether the last own edit still stands: what somebody else has changed since is not overwritten. */
  canUndo(): boolean {
    const last = this.made.value.at(-1)
    return last !== undefined && this.shown(last.name) === last.new
  }

  /** Take the last own edit back: an edit like any other, whose id says what it is. */
  undo(): void {
    const last = this.made.peek().at(-1)
    if (!last || !this.canUndo()) return
    this.made.value = this.made.peek().slice(0, -1)
    void this.begin(last.name, last.old, `${UNDO}${this.newId()}`)
  }

  private begin(name: string, value: Value, editId: string): Promise<void> {
    batch(() => {
      this.pending.value = { ...this.pending.value, [name]: { value, editId } }
      this.refused.value = without(this.refused.value, name)
    })
    this.queue = this.queue.then(() => this.deliver(name, value, editId))
    return this.queue
  }

  dismiss(name: string): void {
    this.refused.value = without(this.refused.value, name)
  }

  /** `control_changed` and `control_refused`, ours or anybody's. */
  event(event: EventMessage): void {
    if (event.kind === 'control_changed') this.changed(event)
    if (event.kind === 'control_refused') this.refuse(event)
  }

  private async deliver(name: string, value: Value, editId: string): Promise<void> {
    try {
      const { version } = await this.sendEdit({ [name]: value }, this.version, editId)
      this.version = Math.max(this.version, version)
    } catch (error) {
      this.fail(name, editId, error)
    }
  }

  private fail(name: string, editId: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    const current = error instanceof ApiError ? error.error.current : null
    const conflict = current?.values ? { by: current.by ?? 'somebody else', values: current.values } : null
    batch(() => {
      if (current?.version) {
        this.version = current.version
        this.confirmed.value = { ...this.confirmed.value, ...current.values }
      }
      this.clear((pending) => pending.editId === editId)
      this.forget(name)
      this.refused.value = { ...this.refused.value, [name]: { message, conflict } }
    })
  }

  private changed(event: EventMessage): void {
    const { edit_id, version, changes } = event.data as { edit_id?: string; version?: number; changes?: Change[] }
    const values = Object.fromEntries((changes ?? []).map((change) => [change.name, change.new]))
    batch(() => {
      this.version = Math.max(this.version, version ?? 0)
      this.confirmed.value = { ...this.confirmed.value, ...values }
      this.clear((pending) => pending.editId === edit_id)
    })
  }

  private refuse(event: EventMessage): void {
    const { edit_id, error } = event.data as { edit_id?: string; error?: { message?: string } }
    const mine = Object.entries(this.pending.value).find(([, pending]) => pending.editId === edit_id)
    if (!mine) return
    batch(() => {
      this.clear((pending) => pending.editId === edit_id)
      this.forget(mine[0])
      const message = error?.message ?? 'The run refused this value.'
      this.refused.value = { ...this.refused.value, [mine[0]]: { message, conflict: null } }
    })
  }

  /** A refused edit has nothing to take back. */
  private forget(name: string): void {
    this.made.value = this.made.peek().filter((change) => change.name !== name)
  }

  private clear(done: (pending: Pending) => boolean): void {
    this.pending.value = Object.fromEntries(Object.entries(this.pending.value).filter(([, pending]) => !done(pending)))
  }
}

function without<T>(record: Record<string, T>, name: string): Record<string, T> {
  const { [name]: _, ...rest } = record
  return rest
}
