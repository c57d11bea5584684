import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { short, valueText } from '../paint/format'
import { Formula } from '../panels/Equation'
import { algorithmOf, controlsOf } from '../store/catalog'
import { decode } from '../wire/numbers'
import type { Interval, Laboratory, LabResult, LabRow, Value } from '../wire/types'
import { Editor } from './Editor'
import { algorithmOfRow, type Estimator, freshName, type Parameters, valuesOf } from './experiment'
import type { Lab } from './lab'

interface Props {
  lab: Lab
  given: Laboratory
  result: LabResult | null
}

const COLUMNS = [
  ['Bias', 'reward per logit', 'Length of the mean error. 0 where it is smaller than its noise.'],
  ['Variance', 'its square', 'Of one estimate: the trace of its covariance.'],
  ['Mean squared error', 'its square', 'Bias squared plus variance: what a step suffers from.'],
  ['Cosine', '1', 'Of one estimate with the exact gradient, on average: how well a single step points.'],
] as const
const VERDICTS = { unbiased: 'unbiased within noise', scaled: 'biased in length only', biased: 'biased' }

/** Every estimator with what was found about it; a row opens into its settings. */
export function Rows({ lab, given, result }: Props) {
  const [open, setOpen] = useState<number | null>(null)
  const rows = lab.request.value.estimators
  const add = () => {
    lab.change({ estimators: [...rows, { name: freshName(rows, 'another'), settings: { gamma_t: true } }] })
    setOpen(rows.length)
  }
  return (
    <section class="card lab-table" aria-label="Estimators">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is moved with the arrow keys */}
      <section class="table-scroll" tabIndex={0} aria-label="Estimators and what was found">
        <table class="list">
          <Head />
          <tbody>
            {rows.map((row, index) => (
              <Fragment key={index}>
                <Row
                  row={row}
                  found={foundOf(result, row)}
                  error={errorOf(lab, index)}
                  open={open === index}
                  onToggle={() => setOpen(open === index ? null : index)}
                />
                {open === index && (
                  <tr class="lab-open">
                    <td colSpan={COLUMNS.length + 2}>
                      <Opened lab={lab} given={given} index={index} onGone={() => setOpen(null)} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </section>
      <footer>
        <button type="button" class="button small" disabled={rows.length >= given.max_estimators} onClick={add}>
          Add an estimator
        </button>
        <span class="faint">
          In brackets 95 % confidence intervals; “biased” where chance would do it once in 1000.
        </span>
      </footer>
    </section>
  )
}

const Head = () => (
  <thead>
    <tr>
      <th scope="col">Estimator</th>
      <th scope="col">Verdict</th>
      {COLUMNS.map(([title, unit, doc]) => (
        <th key={title} scope="col" class="number" title={doc}>
          {title} {unit !== '1' && <small>{unit}</small>}
        </th>
      ))}
    </tr>
  </thead>
)

interface RowProps {
  row: Estimator
  found: LabRow | null
  error: string | null
  open: boolean
  onToggle(): void
}

function Row({ row, found, error, open, onToggle }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <button type="button" class="lab-name" aria-expanded={open} onClick={onToggle}>
          {row.name || 'without a name'}
        </button>
        <small>{settingsText(row)}</small>
        {error && (
          <small class="wrong" role="alert">
            {error}
          </small>
        )}
      </th>
      <td>{found && <Verdict {...found} />}</td>
      <Cell interval={found?.bias} />
      <Cell interval={found?.variance} />
      <Cell interval={found?.mse} />
      <Cell interval={found?.cosine} />
    </tr>
  )
}

/** Three figures, also of what is small: intervals of a hundredth are compared with each other. */
const figures = (value: number | null): string =>
  value !== null && Math.abs(value) >= 1e-3 && Math.abs(value) < 0.1
    ? value.toPrecision(3).replace('-', '\u2212')
    : short(value)

/** What the numbers say; of an estimate that is right but for its length, by how much. */
function Verdict({ verdict, scale }: LabRow) {
  return (
    <>
      <span class={`lab-verdict ${verdict}`}>{VERDICTS[verdict]}</span>
      {verdict === 'scaled' && scale && (
        <small>
          × {figures(decode(scale.value))} [{figures(decode(scale.low))}, {figures(decode(scale.high))}]
        </small>
      )}
    </>
  )
}

function Cell({ interval }: { interval: Interval | null | undefined }) {
  if (!interval) return <td class="number faint">–</td>
  return (
    <td class="number">
      {figures(decode(interval.value))}
      <small>
        [{figures(decode(interval.low))}, {figures(decode(interval.high))}]
      </small>
    </td>
  )
}

/** The settings and, as LaTeX, what they amount to. */
function Opened({ lab, given, index, onGone }: { lab: Lab; given: Laboratory; index: number; onGone(): void }) {
  const row = lab.request.value.estimators[index]!
  const algorithm = algorithmOf(algorithmOfRow(row))
  const controls = controlsOf(algorithmOfRow(row))
  const values = { ...valuesOf(row, controls), critic: criticOf(valuesOf(row, controls)) }
  return (
    <div class="lab-opened">
      {algorithm && <Formula algorithm={algorithm} controls={controls} values={values} />}
      <Editor lab={lab} given={given} index={index} onGone={onGone} />
    </div>
  )
}

/** Which critic the estimator is told to have: none of the page's business to learn one. */
function criticOf({ baseline, critic }: Record<string, Value>): Value {
  return String(baseline).startsWith('action_dependent') ? 'q' : (critic ?? 'none')
}

/** What a row sets, in words; gamma^t, which nearly all set, is left out. */
export function settingsText(row: Estimator): string {
  const said = Object.entries(row.settings).filter(([name]) => name !== 'gamma_t' && name !== 'algorithm')
  const own = said.map(([name, value]) => `${name.replaceAll('_', ' ')} ${valueText(value)}`)
  return [...own, ...('gamma_t' in row.settings ? [] : ['no gamma^t'])].join(', ') || 'reward to go, no baseline'
}

/** What was found about a row, if it is still as it was when the experiment was run. */
function foundOf(result: LabResult | null, row: Estimator): LabRow | null {
  const index = result?.request.estimators.findIndex((asked) => sameSettings(asked, row)) ?? -1
  return result?.estimators[index] ?? null
}

const sameSettings = (a: Estimator, b: Estimator) => canonical(a.settings) === canonical(b.settings)
const canonical = (settings: Parameters) => JSON.stringify(Object.entries(settings).sort())

/** What the server refuses about a row. */
function errorOf(lab: Lab, index: number): string | null {
  const answer = lab.answer.value
  if (answer.state !== 'failed') return null
  return answer.error.field?.startsWith(`estimators.${index}.`) ? answer.error.message : null
}
