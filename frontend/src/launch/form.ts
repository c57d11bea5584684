import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import type { StartBody } from '../wire/api'
import type { Catalog, Control, EquationTerm, Value } from '../wire/types'
import { bodyOf, splitTags } from './body'
import { baseOf, below, changedPaths, type Fields, isExperiment, type Source, same, withAlgorithm } from './fields'
import { parseSeeds, type Seeds } from './seeds'

/** The state of the start form: what is typed, what it began with, and what follows from both. */
export class LaunchForm {
  readonly fields = signal<Fields>({})
  readonly base: ReadonlySignal<Fields> = computed(() => baseOf(this.catalog, this.source, this.algorithm.value))
  readonly algorithm = computed(() => String(this.fields.value.algorithm ?? ''))
  readonly controls: ReadonlySignal<Control[]> = computed(() => this.catalog.controls[this.algorithm.value] ?? [])
  readonly values: ReadonlySignal<Record<string, Value>> = computed(() => below(this.fields.value, 'controls.'))
  /** The lines of the algorithm's equation. */
  readonly equation: ReadonlySignal<EquationTerm[]> = computed(
    () => this.catalog.algorithms.find(({ id }) => id === this.algorithm.value)?.equation ?? [],
  )
  /** What kind of actions the environment takes, where it is known. */
  readonly actions: ReadonlySignal<string | undefined> = computed(
    () => this.catalog.environments.find(({ id }) => id === this.fields.value['environment.id'])?.actions?.kind,
  )
  readonly seeds: ReadonlySignal<Seeds> = computed(() => parseSeeds(String(this.fields.value.seeds ?? '')))
  /** The experiment's differences from where it began; a changed algorithm is the first of them. */
  readonly changes = computed(() => [
    ...(this.algorithm.value === this.source.fields.algorithm ? [] : ['algorithm']),
    ...changedPaths(this.fields.value, this.base.value).filter((path) => path !== 'algorithm' && isExperiment(path)),
  ])

  constructor(
    readonly catalog: Catalog,
    readonly source: Source,
    fields: Fields = source.fields,
  ) {
    this.fields.value = fields
  }

  value(path: string): Value | undefined {
    return this.fields.value[path]
  }

  /** What a field is held against: where the form began, not what another algorithm would have there. */
  original(path: string): Value | undefined {
    return path === 'algorithm' ? this.source.fields.algorithm : this.base.value[path]
  }

  isChanged(path: string): boolean {
    return !same(this.value(path), this.original(path))
  }

  set(path: string, value: Value): void {
    this.fields.value = { ...this.fields.peek(), [path]: value }
  }

  reset(path: string): void {
    if (path === 'algorithm') return this.chooseAlgorithm(String(this.source.fields.algorithm))
    const { [path]: _, ...rest } = this.fields.peek()
    const original = this.base.peek()[path]
    this.fields.value = original === undefined ? rest : { ...rest, [path]: original }
  }

  resetAll(): void {
    const { seeds, name, tags } = this.fields.peek()
    batch(() => {
      this.fields.value = this.source.fields
      for (const [path, value] of Object.entries({ seeds, name, tags })) if (value !== undefined) this.set(path, value)
    })
  }

  chooseAlgorithm(next: string): void {
    if (next === this.fields.peek().algorithm) return
    this.fields.value = withAlgorithm(this.catalog, this.fields.peek(), next)
  }

  /** Another environment has other keywords; those of the one before go. */
  chooseEnvironment(id: string): void {
    const kept = Object.entries(this.fields.peek()).filter(([path]) => !path.startsWith('environment.kwargs.'))
    this.fields.value = { ...Object.fromEntries(kept), 'environment.id': id }
  }

  /** The body of the start with this seed; `group` is the tag that several runs share. */
  body(seed: number, group: string | null = null): StartBody {
    const fields = this.fields.value
    const name = group === null ? this.typedName() : `${this.setName()} · seed ${seed}`
    const tags = splitTags(fields.tags)
    return bodyOf(this.catalog, this.source, fields, { seed, name, tags: group ? [...tags, group] : tags })
  }

  private typedName(): string {
    return String(this.fields.value.name ?? '').trim()
  }

  /** What the runs of several seeds are called, before the seed. */
  setName(): string {
    return this.typedName() || this.usualName()
  }

  /** What the server would call the run. */
  usualName(): string {
    const { recipe } = this.source
    if (recipe?.algorithm === this.algorithm.value) return recipe.id
    return `${this.algorithm.value} on ${this.value('environment.id') ?? ''}`
  }
}
