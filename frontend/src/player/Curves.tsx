import { computed, type ReadonlySignal, useComputed } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import type { Range } from '../paint/ranges'
import { palette } from '../paint/theme'
import { drawStrip, GUTTER, rangeOf, stepAt } from './strip'
import { type Strip, stripsOf } from './strips'
import { useCanvas } from './surface'
import type { Tape } from './tape'

interface Props {
  tape: ReadonlySignal<Tape>
  /** Last step of the horizontal axis. */
  end: ReadonlySignal<number>
  t: ReadonlySignal<number>
  names: string[]
  visible: ReadonlySignal<boolean>
  /** Pointing at a step moves there, unless something is playing; pressing always does. */
  onPoint(t: number, pressed: boolean): void
}

/** What this episode's steps measured, on one axis of steps with one cursor. */
export function Curves(props: Props) {
  const { tape, t, end, names } = props
  const strips = useMemo(() => steadyStrips(tape, names), [tape, names.join()]).value
  const cursor = useComputed(() => `--at: ${Math.min(1, tape.value.x(t.value) / end.value)}`)
  return (
    <div class="strips" style={cursor}>
      {strips.map((strip) => (
        <StripView key={strip.id} strip={strip} {...props} />
      ))}
    </div>
  )
}

/** The strips of a tape that grows or is followed by another: the same array while they are the same strips. */
function steadyStrips(tape: ReadonlySignal<Tape>, names: string[]): ReadonlySignal<Strip[]> {
  const identify = (strips: Strip[]) => strips.map(({ id }) => id).join()
  let kept: Strip[] = []
  return computed(() => {
    const next = stripsOf(tape.value, names)
    if (identify(next) !== identify(kept)) kept = next
    return kept
  })
}

/** A growing curve is painted this often at most, in ms. */
const REST = 100

function StripView({ strip, tape, end, t, visible, onPoint }: Props & { strip: Strip }) {
  const range = useRef<Range | undefined>(undefined)
  const text = useMemo(
    () => computed(() => (t.value < tape.value.steps ? strip.says(tape.value, t.value) : '–')),
    [strip, tape, t],
  )
  const watch = () => visible.value && tape.value.steps > 0 && end.value > 0
  const canvas = useCanvas(
    watch,
    (surface) => {
      range.current = rangeOf(strip, tape.peek(), range.current)
      const { width, height } = surface
      drawStrip(surface, strip, tape.peek(), { width, height, end: end.peek(), range: range.current }, palette.peek())
    },
    [tape, strip.id],
    tape.peek().ending === null ? REST : 0,
  )
  const point = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect()
    const pressed = event.type === 'pointerdown' || event.buttons > 0
    const x = stepAt(event.clientX - box.left, { width: box.width, end: end.peek() })
    onPoint(tape.peek().nearest(x), pressed)
  }
  return (
    <figure class="strip" data-strip={strip.id} style={{ '--gutter': `${GUTTER}px` }}>
      <figcaption>
        <span>{strip.title}</span>
        <span>
          <strong style={{ color: `var(--${strip.colour})` }}>{text}</strong>
          {strip.unit && <small> {strip.unit}</small>}
        </span>
      </figcaption>
      <div onPointerDown={point} onPointerMove={point}>
        <canvas ref={canvas} role="img" aria-label={`${strip.title} by step`} />
        <i class="at" />
      </div>
    </figure>
  )
}
