import type { Range } from '../paint/ranges'
import { barsFigure } from './bars'
import { type ChartInput, chart } from './types'

/** The trust region around 1 that the run clips to, from whichever numeric control declares it. */
function clipRegion(input: ChartInput): Range | null {
  const control = input.controls.find(
    ({ kind, name }) => kind === 'number' && /^clip(_(eps|epsilon|range|coef|ratio))?$/.test(name),
  )
  const width = control && input.values[control.name]
  return typeof width === 'number' ? [1 - width, 1 + width] : null
}

export default chart({
  id: 'ratio',
  title: 'Importance ratio',
  order: 4,
  doc: 'New over old probability of each action taken; outside the shaded region the objective is clipped.',
  series: () => ['ratio/ess'],
  distributions: ['ratio'],
  timeAxis: false,
  figure(input) {
    const region = clipRegion(input)
    const outside = (centre: number) => region !== null && (centre < region[0] || centre > region[1])
    return barsFigure(input, {
      distribution: 'ratio',
      colour: (centre) => (outside(centre) ? 'orange' : 'teal'),
      region,
      include: region
        ? [...region, region[1] + (region[1] - 1) / 4, Math.max(0, region[0] - (1 - region[0]) / 4)]
        : [1],
      heads: (_, colour) => [{ metric: 'ratio/ess', label: 'ESS', colour }],
    })
  },
})
