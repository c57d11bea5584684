import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { palette } from '../paint/theme'

/** A canvas whose units are CSS pixels at any density of the screen. */
export class Surface {
  width = 0
  height = 0
  readonly context: CanvasRenderingContext2D | null

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext('2d')
  }

  /** Take the size that the canvas has on the page. */
  fit(): void {
    this.width = this.canvas.clientWidth
    this.height = this.canvas.clientHeight
    const density = window.devicePixelRatio || 1
    this.canvas.width = Math.round(this.width * density)
    this.canvas.height = Math.round(this.height * density)
    this.context?.setTransform(density, 0, 0, density, 0, 0)
  }

  clear(): void {
    this.context?.clearRect(0, 0, this.width, this.height)
  }
}

export type Paint = (surface: Surface, context: CanvasRenderingContext2D) => void

/** Paint when `watch` touches a signal that changed, at most once per frame of the screen and `rest` ms; return the end. */
function paintOn(canvas: HTMLCanvasElement, watch: () => boolean, paint: () => Paint, rest: number): () => void {
  const surface = new Surface(canvas)
  let frame = 0
  let paintedAt = -Infinity
  const turn = (now: number) => {
    frame = 0
    if (now - paintedAt < rest) return ask()
    if (surface.width < 8 || surface.height < 8 || !surface.context) return
    paintedAt = now
    surface.clear()
    paint()(surface, surface.context)
  }
  const ask = () => {
    if (frame === 0) frame = requestAnimationFrame(turn)
  }
  const sized = new ResizeObserver(() => {
    surface.fit()
    paintedAt = -Infinity
    ask()
  })
  sized.observe(canvas)
  const end = effect(() => {
    palette.value
    if (watch()) ask()
  })
  return () => {
    sized.disconnect()
    end()
    cancelAnimationFrame(frame)
  }
}

/** A canvas that is painted again when a signal that `watch` reads has changed and it returns true. */
export function useCanvas(watch: () => boolean, paint: Paint, depends: unknown[], rest = 0) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const latest = useRef(paint)
  latest.current = paint
  useEffect(() => paintOn(canvas.current!, watch, () => latest.current, rest), depends)
  return canvas
}
