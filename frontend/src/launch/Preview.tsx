import { valueText } from '../paint/format'
import { SwitchedFormula, TermLine } from '../panels/Equation'
import { isWrong } from '../panels/equation'
import { algorithmOf } from '../store/catalog'
import type { Launch } from './launch'

/** The loss that the runs will minimise, as the form stands. */
export function Preview({ launch }: { launch: Launch }) {
  const { form } = launch
  const algorithm = algorithmOf(form.algorithm.value)
  if (!algorithm) return null
  const controls = form.controls.value
  const values = form.values.value
  const wrong = controls.filter((control) => isWrong(control, values[control.name]))
  return (
    <section class="card equation-card" aria-label="Loss in force">
      <h2>Loss in force</h2>
      <SwitchedFormula algorithm={algorithm} controls={controls} values={values} />
      <div role="status">
        {wrong.map((control) => (
          <p class="equation-said" key={control.name}>
            {control.title ?? control.name}: {valueText(values[control.name])} from the start. {control.effect}
          </p>
        ))}
      </div>
      <TermLine controls={controls} values={values} />
    </section>
  )
}
