import { AXES } from '../store/axis'
import { axis, cursor, DEFAULT_SMOOTHING, range, setAxis, smoothing, toggleLog, touchedChart } from '../store/view'
import type { Command } from './registry'

let strength = DEFAULT_SMOOTHING

/** Off, and on again as strong as it was. */
export function toggleSmoothing(): void {
  const now = smoothing.peek()
  if (now > 0) strength = now
  smoothing.value = now > 0 ? 0 : strength
}

export function showEverything(): void {
  range.value = null
  cursor.value = null
}

/** What pages with charts on a time axis offer. */
export function viewCommands(): Command[] {
  return [
    {
      ...of('log-y', 'Logarithmic y of the chart under the pointer', 'y'),
      ready: () => touchedChart.peek() !== null,
      act: () => toggleLog(touchedChart.peek()!),
    },
    { ...of('smoothing', 'Smoothing off and on', 's'), act: toggleSmoothing },
    { ...of('whole', 'Show the whole run again', 'Escape'), act: showEverything },
    ...AXES.map(({ id, label }) => ({
      ...of(`axis:${id}`, `Horizontal axis: ${label}`),
      ready: () => axis.value !== id,
      act: () => setAxis(id),
    })),
  ]
}

const of = (id: string, title: string, ...keys: string[]) => ({ id, title, section: 'Charts', keys })
