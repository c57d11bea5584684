import { lineFigure } from './lines'
import { chart } from './types'

const COLOURS = ['violet', 'green', 'teal', 'grey', 'orange', 'blue']
const declared = (names: string[]) => names.filter((name) => name.startsWith('loss/') && name !== 'loss/total')

export default chart({
  id: 'losses',
  title: 'Losses',
  order: 9,
  doc: 'The terms of the loss. Their size means little; a change of course does.',
  series: (metrics) => declared(metrics.filter(({ kind }) => kind === 'scalar').map(({ name }) => name)),
  timeAxis: true,
  figure(input) {
    const names = input.names.filter((name) => input.series(name)?.buffer.length)
    const lines = names.map((metric, i) => ({ metric, label: metric.slice('loss/'.length), colour: COLOURS[i] }))
    return lineFigure(input, { lines, healthy: false })
  },
})
