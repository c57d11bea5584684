import { valueText } from '../paint/format'
import type { Laboratory, Value } from '../wire/types'
import type { Parameters } from './experiment'
import { Choice, Field, NumberRow } from './Fields'
import type { Lab } from './lab'

interface Props {
  lab: Lab
  given: Laboratory
}

type Policy = Laboratory['policies'][number]

/** What all estimators have in common: the MDP, the policy, who collects, and how much. */
export function Setup({ lab, given }: Props) {
  const request = lab.request.value
  return (
    <>
      <fieldset>
        <legend>MDP</legend>
        <Mdp lab={lab} given={given} />
        <NumberRow
          id="lab-gamma"
          label="Discount"
          latex="\gamma"
          doc="Of the objective and of every estimator."
          value={request.gamma}
          onInput={(gamma) => lab.change({ gamma: gamma as number })}
        >
          {null}
        </NumberRow>
      </fieldset>
      <fieldset>
        <legend>Policy</legend>
        <PolicyFields
          id="policy"
          label="Whose gradient"
          kinds={given.policies.filter((kind) => !kind.collects && isShown(kind))}
          value={request.policy}
          onChange={(policy) => lab.change({ policy: policy! })}
        />
        <PolicyFields
          id="data"
          label="Who collects"
          none="the policy itself"
          kinds={given.policies.filter(isShown)}
          value={request.behaviour}
          onChange={(behaviour) => lab.change({ behaviour })}
        />
      </fieldset>
      <fieldset>
        <legend>Data</legend>
        <Amounts lab={lab} />
      </fieldset>
    </>
  )
}

/** Logits of one's own are written by programs, not typed here. */
const isShown = (kind: Policy) => kind.keywords.every(({ min }) => min !== null)

function Mdp({ lab, given }: Props) {
  const { environment } = lab.request.value
  const known = given.environments.find(({ id }) => id === environment.id)
  const kwargs = environment.kwargs
  const set = (name: string, value: Value, usual: Value) => {
    const { [name]: _, ...rest } = kwargs
    lab.change({ environment: { ...environment, kwargs: value === usual ? rest : { ...rest, [name]: value } } })
  }
  return (
    <>
      <Field id="lab-mdp" label="Environment" doc={known?.doc}>
        <Choice
          id="lab-mdp"
          label="Environment"
          value={environment.id}
          options={given.environments.map(({ id, title }) => ({ value: id, text: title }))}
          onChange={(id) => lab.change({ environment: { id, kwargs: {} } })}
        />
      </Field>
      {known?.keywords.map(({ name, default: usual }) => (
        <NumberRow
          key={name}
          id={`lab-mdp-${name}`}
          label={name.replaceAll('_', ' ')}
          value={kwargs[name] ?? (usual as Value)}
          onInput={(value) => set(name, value, usual as Value)}
        >
          {null}
        </NumberRow>
      ))}
    </>
  )
}

interface PolicyProps {
  id: string
  label: string
  none?: string
  kinds: Policy[]
  value: Parameters | null
  onChange(value: Parameters | null): void
}

function PolicyFields({ id, label, none, kinds, value, onChange }: PolicyProps) {
  const kind = kinds.find((one) => one.id === value?.kind)
  const options = kinds.map((one) => ({ value: one.id, text: one.title }))
  return (
    <>
      <Field
        id={`lab-${id}`}
        label={label}
        latex={kind?.latex}
        doc={kind?.doc ?? (none && 'Data and gradient are of one policy.')}
      >
        <Choice
          id={`lab-${id}`}
          label={label}
          value={value ? String(value.kind) : ''}
          options={none ? [{ value: '', text: none }, ...options] : options}
          onChange={(chosen) => onChange(chosen ? { kind: chosen } : null)}
        />
      </Field>
      {kind?.keywords.map((keyword) => (
        <NumberRow
          key={keyword.name}
          id={`lab-${id}-${keyword.name}`}
          label={keyword.name}
          latex={keyword.latex}
          unit={keyword.unit}
          doc={`${keyword.doc} ${valueText(keyword.min)} to ${valueText(keyword.max)}.`}
          value={value![keyword.name] ?? (keyword.default as Value)}
          onInput={(next) => onChange({ ...value!, [keyword.name]: next })}
        >
          {null}
        </NumberRow>
      ))}
    </>
  )
}

const AMOUNTS = [
  ['batch', 'Trajectories', 'trajectories', 'In each estimate, as in one update of training.'],
  ['batches', 'Estimates', 'estimates', 'Of every estimator, all from the same batches; more narrow the intervals.'],
  ['seed', 'Seed', null, 'The same experiment has the same numbers; another seed draws other batches.'],
] as const

function Amounts({ lab }: { lab: Lab }) {
  return (
    <>
      {AMOUNTS.map(([name, label, unit, doc]) => (
        <NumberRow
          key={name}
          id={`lab-${name}`}
          label={label}
          unit={unit}
          doc={doc}
          value={lab.request.value[name]}
          onInput={(value) => lab.change({ [name]: value })}
        >
          {null}
        </NumberRow>
      ))}
    </>
  )
}
