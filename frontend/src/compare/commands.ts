import type { Command } from '../commands/registry'
import { goToChart } from '../ui/goTo'
import { titleOf } from './OverlayCard'
import { type Grouping, grouping, hiddenRuns, metricNames } from './state'

export interface CompareDialogs {
  runs(): void
  metrics(): void
}

const GROUPINGS: Record<Grouping, string> = {
  none: 'Draw every run by itself',
  seed: 'Group by all but the seed',
  tag: 'Group by tag',
}

/** What the overlay page offers. */
export function compareCommands(open: CompareDialogs): Command[] {
  return [
    { ...of('add', 'Add runs …'), act: open.runs },
    { ...of('charts', 'Choose charts …'), act: open.metrics },
    {
      ...of('unhide', 'Show all runs'),
      ready: () => hiddenRuns.value.size > 0,
      act: () => (hiddenRuns.value = new Set()),
    },
    ...(Object.keys(GROUPINGS) as Grouping[]).map((by) => ({
      ...of(`group:${by}`, GROUPINGS[by]),
      ready: () => grouping.value !== by,
      act: () => (grouping.value = by),
    })),
    ...metricNames.value.map((name) => ({
      ...of(`chart:${name}`, `Go to ${titleOf(name)}`),
      act: () => goToChart(name),
    })),
  ]
}

const of = (id: string, title: string) => ({ id, title, section: 'Comparison' })
