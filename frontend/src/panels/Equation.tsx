import { effect } from '@preact/signals'
import { Fragment } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { valueText } from '../paint/format'
import { changedAt } from '../store/events'
import type { RunStore } from '../store/run'
import { pointedControl } from '../store/view'
import { goToSwitch } from '../ui/goTo'
import { Tex } from '../ui/Tex'
import type { Algorithm, Control, Value } from '../wire/types'
import { docText, isWrong, substitute } from './equation'

interface FormulaProps {
  algorithm: Algorithm
  controls: Control[]
  values: Record<string, Value>
}

/** Shrink the type until the widest piece fits, at most to three quarters. */
function shrinkToFit(box: HTMLElement): void {
  box.style.fontSize = ''
  const widest = Math.max(...[...box.querySelectorAll<HTMLElement>('.tex')].map((piece) => piece.scrollWidth), 1)
  const scale = Math.max(0.75, Math.min(1, box.clientWidth / widest))
  if (scale < 1) box.style.fontSize = `${scale * Number.parseFloat(getComputedStyle(box).fontSize)}px`
}

/** The loss as it stands, in pieces that wrap at their signs. */
export function Formula({ algorithm, controls, values }: FormulaProps) {
  const box = useRef<HTMLDivElement>(null)
  const shrink = () => box.current && shrinkToFit(box.current)
  const rendered = (element: HTMLElement) => {
    markTerms(element)
    shrink()
    // The formula's own fonts arrive after the first drawing and are wider than what stood in for them.
    void document.fonts?.ready.then(shrink)
  }
  useEffect(() => {
    window.addEventListener('resize', shrink)
    return () => window.removeEventListener('resize', shrink)
  }, [])
  return (
    <div class="equation" ref={box}>
      {substitute(algorithm.equation ?? [], controls, values).map(({ latex, line }, i) => (
        <Fragment key={i}>
          {line && <span class="line-break" />}
          <Tex latex={latex} onRendered={rendered} />
        </Fragment>
      ))}
    </div>
  )
}

/** KaTeX puts class and data on nested elements; one element per term is what gets drawn and clicked. */
function markTerms(element: HTMLElement): void {
  // KaTeX hides the drawn formula from screen readers in favour of its MathML; here the drawn terms are the buttons.
  if (element.querySelector('[data-control]')) {
    element.querySelector('.katex-html')?.removeAttribute('aria-hidden')
    element.querySelector('.katex-mathml')?.setAttribute('aria-hidden', 'true')
  }
  for (const term of element.querySelectorAll<HTMLElement>('[data-control]')) {
    if (term.closest('.wrong-side')) term.classList.add('wrong-side')
    term.tabIndex = 0
    term.setAttribute('role', 'button')
    nameTerm(term, `switch ${term.dataset.control}`)
  }
  highlight(element, pointedControl.peek())
}

/** Glyphs read aloud say nothing: the name stands among them unseen, and they are left out. */
function nameTerm(term: HTMLElement, name: string): void {
  for (const glyph of term.children) glyph.setAttribute('aria-hidden', 'true')
  const said = document.createElement('span')
  said.className = 'visually-hidden'
  said.textContent = name
  term.append(said)
}

function highlight(root: ParentNode, pointed: string | null): void {
  for (const term of root.querySelectorAll<HTMLElement>('[data-control]')) {
    term.classList.toggle('pointed', term.dataset.control === pointed)
  }
}

const controlAt = (event: Event) =>
  (event.target as Element).closest<HTMLElement>('[data-control]')?.dataset.control ?? null

/** The formula with its terms as buttons that lead to their switches. */
export function SwitchedFormula(props: FormulaProps) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(
    () =>
      effect(() => {
        const pointed = pointedControl.value
        if (root.current) highlight(root.current, pointed)
      }),
    [],
  )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the terms inside are buttons; events are taken here
    <div
      ref={root}
      onPointerOver={(event) => {
        pointedControl.value = controlAt(event)
      }}
      onPointerLeave={() => {
        pointedControl.value = null
      }}
      onFocusCapture={(event) => {
        pointedControl.value = controlAt(event)
      }}
      onClick={(event) => {
        const name = controlAt(event)
        if (name) goToSwitch(name)
      }}
      onKeyDown={(event) => {
        const name = event.key === 'Enter' || event.key === ' ' ? controlAt(event) : null
        if (!name) return
        event.preventDefault()
        goToSwitch(name)
      }}
    >
      <Formula {...props} />
    </div>
  )
}

interface Props {
  store: RunStore
  algorithm: Algorithm | undefined
  controls: Control[]
}

/** "Loss in force": what the run is doing, with its switches as terms. */
export function EquationCard({ store, algorithm, controls }: Props) {
  if (!algorithm) return null
  const values = store.controls.confirmed.value
  return (
    <section class="card equation-card" aria-label="Loss in force">
      <h2>Loss in force</h2>
      <SwitchedFormula algorithm={algorithm} controls={controls} values={values} />
      <Warnings store={store} controls={controls} />
      <TermLine controls={controls} values={values} />
    </section>
  )
}

function Warnings({ store, controls }: { store: RunStore; controls: Control[] }) {
  const values = store.controls.confirmed.value
  const wrong = controls.filter((control) => isWrong(control, values[control.name]))
  return (
    <div role="status">
      {wrong.map((control) => {
        const since = changedAt(store.events.list.value, control.name)
        const when = since === null ? 'from the start' : `since update ${since}`
        return (
          <p class="equation-said" key={control.name}>
            {control.title ?? control.name}: {valueText(values[control.name])} {when}. {control.effect}
          </p>
        )
      })}
    </div>
  )
}

/** What the pointed term is, and its value. */
export function TermLine({ controls, values }: { controls: Control[]; values: Record<string, Value> }) {
  const control = controls.find(({ name }) => name === pointedControl.value)
  if (!control) return <p class="equation-term">Underlined terms are switches. Point at one, or click it.</p>
  return (
    <p class="equation-term">
      <strong>{control.title ?? control.name}</strong> = {valueText(values[control.name])}.{' '}
      {docText(control, values[control.name])}
    </p>
  )
}
