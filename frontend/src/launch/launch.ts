import { computed, effect, signal } from '@preact/signals'
import { ApiError, api } from '../wire/api'
import type { WireError } from '../wire/types'
import { Batch, newStart } from './batch'
import type { LaunchForm } from './form'
import { Validator } from './validator'

/** The form, what the server says about it, and the starts that were sent from it. */
export class Launch {
  readonly validator = new Validator(api.validate)
  readonly batch = signal<Batch | null>(null)
  /** The tag that several runs share; a new one for each set of starts. */
  readonly group = signal(newGroup())
  readonly count = computed(() => ('seeds' in this.form.seeds.value ? this.form.seeds.value.seeds.length : 0))
  /** Everything wrong, each with its field; a seed that cannot be read is known here first. */
  readonly errors = computed<WireError[]>(() => {
    const seeds = this.form.seeds.value
    const typed = 'error' in seeds ? [{ code: 'invalid_value', message: seeds.error, field: 'seeds' }] : []
    return [...typed, ...this.validator.errors.value]
  })
  readonly ready = computed(() => this.errors.value.length === 0 && this.count.value > 0)
  private readonly places = computed(() => new Set(Object.keys(this.form.fields.value)))

  constructor(readonly form: LaunchForm) {}

  /** Ask the server after every change, until the returned function is called. */
  follow(): () => void {
    const stop = effect(() => {
      const seeds = this.form.seeds.value
      this.validator.ask(this.form.body('seeds' in seeds ? seeds.seeds[0]! : 0))
    })
    return () => {
      stop()
      this.validator.close()
    }
  }

  /** The field of the form that an error belongs to; null when the form shows none such. */
  placeOf({ field }: WireError): string | null {
    if (!field) return null
    if (field === 'seed') return 'seeds'
    if (field === 'environment') return 'environment.id'
    if (field === 'recipe') return 'algorithm'
    const known = /^(budget|budget\..+|environment\.(num_envs|kwargs.*)|name|tags.*|pace|seeds)$/.exec(field)
    if (known)
      return field.startsWith('tags') ? 'tags' : field.startsWith('environment.kwargs') ? 'environment.kwargs' : field
    return this.places.value.has(field) ? field : null
  }

  errorsAt(path: string): string[] {
    return this.errors.value.filter((error) => this.placeOf(error) === path).map(({ message }) => message)
  }

  /** Start one run per seed; the runs of several seeds share a tag. */
  async start(): Promise<Batch | null> {
    const seeds = this.form.seeds.peek()
    if (!('seeds' in seeds)) return null
    const group = seeds.seeds.length > 1 ? this.group.peek() : null
    const starts = seeds.seeds.map((seed) => newStart(seed, this.form.body(seed, group), crypto.randomUUID()))
    const batch = new Batch(starts, (body, key) =>
      api.start(body, key).catch((error) => {
        if (error instanceof ApiError && error.status === 422) this.validator.refuse([error.error])
        throw error
      }),
    )
    this.batch.value = batch
    await batch.go()
    return batch
  }

  /** Back to the form; a further set of runs gets a tag of its own. */
  again(): void {
    this.batch.value = null
    this.group.value = newGroup()
  }
}

const newGroup = () => `set-${crypto.randomUUID().slice(0, 4)}`
