import { type ReadonlySignal, useComputed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { palette } from '../paint/theme'
import { rendererOf } from './renderers'
import { useCanvas } from './surface'
import type { Tape } from './tape'

interface Props {
  tape: ReadonlySignal<Tape>
  t: ReadonlySignal<number>
  visible: ReadonlySignal<boolean>
  name: string
  onPainted(): void
}

/** The moment as a picture: drawn from the state, shown as an image, or the reason why there is none. */
export function Picture(props: Props) {
  const tape = props.tape.peek()
  const known = rendererOf(tape.renderer) !== undefined
  if (tape.states.length > 0 && known) return <Drawing {...props} />
  if (tape.images.length > 0) return <Photo {...props} />
  const why = tape.renderer && !known ? `This page cannot draw “${tape.renderer}”.` : tape.blank
  return <p class="picture blank">No picture. {why ?? 'Nothing was kept to draw it from.'} The numbers play.</p>
}

function Drawing({ tape, t, visible, name, onPainted }: Props) {
  const renderer = rendererOf(tape.peek().renderer)!
  const watch = () => {
    t.value
    tape.value
    return visible.value
  }
  const canvas = useCanvas(
    watch,
    ({ width, height }, context) => {
      const { states, actions } = tape.peek()
      const at = Math.min(t.peek(), states.length - 1)
      const state = states[at]
      if (!state) return
      renderer.draw({ context, width, height, colours: palette.peek() }, state, actions[at] ?? null)
      onPainted()
    },
    [tape],
  )
  return <canvas ref={canvas} class="picture" role="img" aria-label={name} />
}

/** Images that are fetched before they are due. */
const AHEAD = 6

function Photo({ tape, t, name, onPainted }: Props) {
  const source = useComputed(() => {
    const { images, steps } = tape.value
    return images[Math.min(t.value, Math.max(steps, images.length) - 1)] ?? ''
  })
  useEffect(() => {
    const fetched = new Map<string, HTMLImageElement>()
    return t.subscribe((now) => {
      for (const url of tape.peek().images.slice(now + 1, now + 1 + AHEAD)) {
        if (!url || url.startsWith('data:') || fetched.has(url)) continue
        const image = new Image()
        image.src = url
        fetched.set(url, image)
        if (fetched.size > 4 * AHEAD) fetched.delete(fetched.keys().next().value!)
      }
    })
  }, [tape])
  return <img class="picture" src={source} alt={name} onLoad={onPainted} draggable={false} />
}
