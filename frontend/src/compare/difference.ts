import { valueText } from '../paint/format'
import { changesOf } from '../store/events'
import type { Control, EventMessage, Run } from '../wire/types'

/** One line of the comparison: what it is, and what each run has there. */
export interface Row {
  name: string
  section: string
  cells: string[]
  differs: boolean
}

interface Compared {
  run: Run
  events: EventMessage[]
  controls: Control[]
}

/** Nested values by their path. */
function flat(value: unknown, path: string): [string, string][] {
  if (value && typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key))
  return [[path, Array.isArray(value) ? JSON.stringify(value) : valueText(value)]]
}

function setup({ run }: Compared): [string, string][] {
  const { algorithm, recipe, environment, budget, seed } = run
  return flat({ algorithm, recipe, environment, budget, seed }, '')
}

/** A control's value in force, and the one it had at first where it was changed. */
function inForce({ run, events, controls }: Compared): [string, string][] {
  return Object.entries(run.controls.values).map(([name, value]) => {
    const first = events.find((event) => changesOf(event).some((change) => change.name === name))
    const was = first && changesOf(first).find((change) => change.name === name)!.old
    const title = controls.find((control) => control.name === name)?.title ?? name
    return [title, first ? `${valueText(value)} (${valueText(was)} until update ${first.at_update})` : valueText(value)]
  })
}

function edits({ events, controls }: Compared): [string, string][] {
  const title = (name: string) => controls.find((control) => control.name === name)?.title ?? name
  const made = events
    .filter(({ kind }) => kind === 'control_changed')
    .flatMap((event) =>
      changesOf(event).map((change) => `${event.at_update} · ${title(change.name)}: ${valueText(change.new)}`),
    )
  return [['edits, by update', made.join('\n') || 'none']]
}

/** Every field of every run, a line each; a field that a run does not have is a dash. */
export function rowsOf(compared: Compared[]): Row[] {
  const section = (name: string, read: (one: Compared) => [string, string][]) => {
    const columns = compared.map((one) => new Map(read(one)))
    const names = [...new Set(columns.flatMap((column) => [...column.keys()]))]
    return names.map((field): Row => {
      const cells = columns.map((column) => column.get(field) ?? '–')
      return { name: field, section: name, cells, differs: new Set(cells).size > 1 }
    })
  }
  return [...section('Set-up', setup), ...section('Controls in force', inForce), ...section('During the run', edits)]
}
