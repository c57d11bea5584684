import type { KatexOptions } from 'katex'
import { useEffect, useRef } from 'preact/hooks'

type Render = (latex: string, element: HTMLElement, options: KatexOptions) => void

let loading: Promise<Render> | null = null

/** KaTeX with its fonts, fetched when the first formula is shown. */
export function loadKatex(): Promise<Render> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
    ([module]) => module.default.render,
  )
  return loading
}

const OPTIONS: KatexOptions = {
  throwOnError: false,
  strict: false,
  // Formulas come from the engine's own declarations; only data attributes and classes may be set from them.
  trust: ({ command }) => command === '\\htmlData' || command === '\\htmlClass',
}

/** A formula in line; until KaTeX is here, and for whoever reads the source, its LaTeX. */
export function Tex({ latex, onRendered }: { latex: string; onRendered?: (element: HTMLElement) => void }) {
  const element = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let stale = false
    void loadKatex().then((render) => {
      if (stale || !element.current) return
      render(latex, element.current, OPTIONS)
      onRendered?.(element.current)
    })
    return () => {
      stale = true
    }
  }, [latex])
  return <span ref={element} class="tex" />
}
