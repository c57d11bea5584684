import { calmCharts, fullChart, logCharts, toggleCalm, toggleLog } from '../store/view'
import type { Item } from '../ui/Menu'
import type { Drawing } from './drawing'

/** What every chart offers behind its three dots. */
export function chartMenu(drawing: Drawing): Item[] {
  const { id, timeAxis } = drawing.spec
  const full = fullChart.value === id
  return [
    ...(timeAxis ? looks(id) : []),
    {
      text: full ? 'Back among the others' : 'Fill the window',
      hint: full ? 'Esc' : undefined,
      act: () => (fullChart.value = full ? null : id),
    },
    { text: 'Download CSV', act: () => void drawing.csv() },
    { text: 'Download PNG', act: () => drawing.picture('png') },
    { text: 'Download SVG', act: () => drawing.picture('svg') },
  ]
}

const looks = (id: string): Item[] => [
  { text: logCharts.value.has(id) ? 'Linear y' : 'Logarithmic y', hint: 'y', act: () => toggleLog(id) },
  { text: calmCharts.value.has(id) ? 'Scale to every value' : 'Ignore outliers in scaling', act: () => toggleCalm(id) },
]
