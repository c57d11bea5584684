import { chartIds } from '../panels/ChartBar'
import { AXES } from '../store/axis'
import {
  axis,
  DEFAULT_SMOOTHING,
  fullChart,
  logTime,
  setAxis,
  showEverything,
  smoothing,
  toggleCalm,
  toggleLinked,
  toggleLog,
  touchedChart,
} from '../store/view'
import type { Command } from './registry'

let strength = DEFAULT_SMOOTHING

/** Off, and on again as strong as it was. */
export function toggleSmoothing(): void {
  const now = smoothing.peek()
  if (now > 0) strength = now
  smoothing.value = now > 0 ? 0 : strength
}

/** The next chart in full, in the order of the page, round and round. */
function turnPage(by: number): void {
  const ids = chartIds()
  const at = ids.indexOf(fullChart.peek() ?? '')
  fullChart.value = ids[(at + by + ids.length) % ids.length] ?? null
}

const chosen = () => touchedChart.peek() !== null
const isFull = () => fullChart.value !== null

/** What pages with charts on a time axis offer. */
export function viewCommands(): Command[] {
  return [
    {
      ...of('log-y', 'Logarithmic y of the chart under the pointer', 'y'),
      ready: chosen,
      act: () => toggleLog(touchedChart.peek()!),
    },
    { ...of('smoothing', 'Smoothing off and on', 's'), act: toggleSmoothing },
    {
      ...of('calm', 'Ignore outliers in scaling, in the chart under the pointer'),
      ready: chosen,
      act: () => toggleCalm(touchedChart.peek()!),
    },
    { ...of('log-x', 'Logarithmic x'), act: () => (logTime.value = !logTime.peek()) },
    { ...of('linked', 'One zoom for all charts, or one for each'), act: () => toggleLinked(chartIds()) },
    { ...of('whole', 'Show the whole run again', 'Escape'), act: showEverything },
    {
      ...of('full', 'Fill the window with the chart under the pointer'),
      ready: () => chosen() && !isFull(),
      act: () => (fullChart.value = touchedChart.peek()),
    },
    { ...of('full-end', 'Back among the other charts', 'Escape'), ready: isFull, act: () => (fullChart.value = null) },
    {
      ...of('full-before', 'The chart before, in the full window', 'ArrowLeft'),
      ready: isFull,
      act: () => turnPage(-1),
    },
    { ...of('full-next', 'The next chart, in the full window', 'ArrowRight'), ready: isFull, act: () => turnPage(1) },
    ...AXES.map(({ id, label }) => ({
      ...of(`axis:${id}`, `Horizontal axis: ${label}`),
      ready: () => axis.value !== id,
      act: () => setAxis(id),
    })),
  ]
}

const of = (id: string, title: string, ...keys: string[]) => ({ id, title, section: 'Charts', keys })
