import { offered } from '../charts'
import { valueText } from '../paint/format'
import { act, isLive, nudgePace, stepOnce, togglePause } from '../store/actions'
import { controlsOf, environmentOf } from '../store/catalog'
import { navigate } from '../store/route'
import type { RunStore } from '../store/run'
import { toggleExtra } from '../store/view'
import { goToChart, goToSwitch } from '../ui/goTo'
import { FORMATS, saveExport } from '../wire/exports'
import type { Control, Metric } from '../wire/types'
import type { Command } from './registry'

export interface DeskDialogs {
  metrics(): void
  log(): void
  about(): void
}

/** What the desk of a run offers. */
export function deskCommands(store: RunStore, metrics: Metric[], open: DeskDialogs): Command[] {
  const run = store.run.value
  const controls = run ? controlsOf(run.algorithm) : []
  return [
    ...transport(store),
    {
      ...of('undo', 'Undo your last edit', 'Mod+z'),
      ready: () => store.controls.canUndo(),
      act: () => store.controls.undo(),
    },
    ...controls.flatMap((control) => settings(store, control)),
    ...controls.map(toControl),
    ...offered(metrics, environmentOf(run?.environment.id) ?? null).map(({ id, title }) => toChart(id, title)),
    ...metrics.filter(({ kind }) => kind === 'scalar').map(extra),
    { ...of('metrics', 'All metrics …'), act: open.metrics },
    { ...of('trainer-log', 'Log of the trainer'), act: open.log },
    { ...of('about', 'About this run: disk use, how long it is kept'), words: 'storage retention', act: open.about },
    { ...of('compare', 'Compare this run with others'), act: () => navigate(`/compare?runs=${store.id}`) },
    ...FORMATS.map(({ format, title }) => ({
      ...of(`export:${format}`, `Export ${title}`),
      words: 'download save',
      act: () => saveExport(store.id, format),
    })),
  ]
}

function transport(store: RunStore): Command[] {
  const live = () => isLive(store.run.value?.state)
  const paused = store.run.value?.state === 'paused'
  return [
    { ...of('pause', paused ? 'Resume' : 'Pause', ' '), ready: live, act: () => togglePause(store) },
    { ...of('step', 'One update', 'n'), ready: live, act: () => void stepOnce(store) },
    { ...of('slower', 'Slower', '['), ready: live, act: () => nudgePace(store, -1) },
    { ...of('faster', 'Faster', ']'), ready: live, act: () => nudgePace(store, 1) },
    { ...of('checkpoint', 'Write a checkpoint'), ready: live, act: () => void act(store.id, { action: 'checkpoint' }) },
  ]
}

/** A choice among few is one command per value. */
function settings(store: RunStore, control: Control): Command[] {
  if (control.kind === 'number' || !control.live) return []
  const values = control.kind === 'flag' ? [false, true] : (control.values ?? [])
  return values.map((value) => ({
    id: `set:${control.name}:${value}`,
    title: `${control.title ?? control.name}: ${valueText(value)}`,
    section: 'Switch',
    words: control.name,
    ready: () => isLive(store.run.value?.state) && store.controls.shown(control.name) !== value,
    act: () => void store.controls.edit(control.name, value),
  }))
}

const toControl = ({ name, title }: Control): Command => ({
  id: `control:${name}`,
  title: `Go to ${title ?? name}`,
  section: 'Switch',
  words: name,
  act: () => goToSwitch(name),
})

const toChart = (id: string, title: string): Command => ({
  id: `chart:${id}`,
  title: `Go to ${title}`,
  section: 'Chart',
  act: () => goToChart(id),
})

const extra = ({ name, title }: Metric): Command => ({
  id: `metric:${name}`,
  title: `Chart of ${title ?? name}, open or close`,
  section: 'Chart',
  words: name,
  act: () => toggleExtra(name),
})

const of = (id: string, title: string, ...keys: string[]) => ({ id, title, section: 'This run', keys })
