import { lineFigure } from './lines'
import { chart } from './types'

const COLOURS = ['violet', 'teal', 'orange', 'green', 'blue', 'grey']

export default chart({
  id: 'pressure',
  title: 'Pressure',
  order: 11,
  doc: 'Gradient that arrives at each boundary: what is held back there, or would be.',
  series: (metrics) => metrics.filter(({ name }) => name.startsWith('gate/')).map(({ name }) => name),
  timeAxis: true,
  figure(input) {
    const gates = input.controls.filter(({ kind }) => kind === 'gate').map(({ name }) => name)
    const lines = gates
      .filter((name) => (input.series(`gate/${name}`)?.buffer.length ?? 0) > 0)
      .map((name, i) => ({
        metric: `gate/${name}`,
        label: label(name, input.controls),
        colour: COLOURS[i % COLOURS.length],
      }))
    return lineFigure(input, { lines, healthy: false })
  },
})

const label = (name: string, controls: { name: string; title?: string }[]) =>
  (controls.find((control) => control.name === name)?.title ?? name).toLowerCase()
