import { lineFigure } from './lines'
import { chart } from './types'

const COLOURS = ['grey', 'blue', 'teal', 'green', 'violet', 'orange']
const OF_EPOCH = /^ratio\/ess_epoch_(\d+)$/

const epoch = (name: string): number => Number(OF_EPOCH.exec(name)?.[1])

export default chart({
  id: 'ess-epochs',
  title: 'Effective sample size by epoch',
  order: 4.2,
  doc: 'Share of the batch that the weights leave, at the start of each epoch on it; the line of the weights themselves falls with the length of what is multiplied.',
  series: (metrics) => [
    'ratio/ess_weights',
    ...metrics.filter(({ name }) => OF_EPOCH.test(name)).map(({ name }) => name),
  ],
  timeAxis: true,
  figure(input) {
    const measured = (name: string) => (input.series(name)?.buffer.length ?? 0) > 0
    const epochs = input.names
      .filter((name) => OF_EPOCH.test(name) && measured(name))
      .sort((a, b) => epoch(a) - epoch(b))
      .map((metric, i) => ({
        metric,
        label: `epoch ${epoch(metric)}`,
        colour: COLOURS[i % COLOURS.length],
      }))
    const weights = { metric: 'ratio/ess_weights', label: 'weights', colour: 'orange' }
    return lineFigure(input, { lines: measured(weights.metric) ? [weights, ...epochs] : epochs, healthy: false })
  },
})
