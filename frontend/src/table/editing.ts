import { signal } from '@preact/signals'

export type Field = 'name' | 'tags' | 'notes'

/** The one cell that is a field at present. */
export const editing = signal<{ run: string; field: Field } | null>(null)
