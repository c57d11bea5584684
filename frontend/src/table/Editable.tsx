import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { splitTags } from '../launch/body'
import { attempt } from '../store/actions'
import { replace } from '../store/runs'
import { PencilIcon } from '../ui/icons'
import { api, type RunPatch } from '../wire/api'
import type { Run } from '../wire/types'
import { editing, type Field } from './editing'

interface Props {
  run: Run
  field: Field
  children?: ComponentChildren
}

const textOf = (run: Run, field: Field) => (field === 'tags' ? run.tags.join(', ') : run[field])

const patchOf = (field: Field, text: string): RunPatch =>
  field === 'tags' ? { tags: splitTags(text) } : { [field]: field === 'name' ? text.trim() : text }

/** A cell that turns into a field: Enter keeps what was typed, Esc does not, leaving it does. */
export function Editable({ run, field, children }: Props) {
  const close = (text: string | null) => {
    editing.value = null
    if (text !== null && text !== textOf(run, field)) void save(run, field, text)
  }
  if (editing.value?.run === run.id && editing.value.field === field)
    return <Editor run={run} field={field} onClose={close} />
  return (
    <div class={`editable ${field}`}>
      {children ?? <span title={run[field] as string}>{run[field]}</span>}
      <button
        type="button"
        class="pencil"
        aria-label={`Edit ${field} of ${run.name}`}
        onClick={() => {
          editing.value = { run: run.id, field }
        }}
      >
        <PencilIcon />
      </button>
    </div>
  )
}

async function save(run: Run, field: Field, text: string): Promise<void> {
  const saved = await attempt(() => api.patch(run.id, patchOf(field, text)))
  if (saved) replace(saved)
}

function Editor({ run, field, onClose }: { run: Run; field: Field; onClose(text: string | null): void }) {
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const done = useRef(false)
  useLayoutEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  const finish = (text: string | null) => {
    if (done.current) return
    done.current = true
    onClose(text)
    // The row goes on from where the field was.
    document.querySelector<HTMLElement>(`tr[data-run="${CSS.escape(run.id)}"]`)?.focus({ preventScroll: true })
  }
  const common = {
    ref: input,
    class: `editor ${field}`,
    'aria-label': `${field} of ${run.name}`,
    defaultValue: textOf(run, field),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Escape') finish(null)
      if (event.key === 'Enter' && (field !== 'notes' || event.ctrlKey || event.metaKey)) finish(input.current!.value)
    },
    onBlur: () => finish(input.current!.value),
  }
  if (field !== 'notes') return <input type="text" autocomplete="off" {...common} />
  return <textarea rows={5} placeholder="Ctrl+Enter or leave to keep, Esc to drop" {...common} />
}
