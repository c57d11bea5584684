import { useEffect, useState } from 'preact/hooks'
import { Dialog } from '../ui/Dialog'
import { api } from '../wire/api'

/** The trainer's own output. */
export function RunLog({ run, onClose }: { run: string; onClose(): void }) {
  const [text, setText] = useState('Reading …')
  useEffect(() => {
    api.log(run).then(
      (log) => setText(log || 'The trainer wrote nothing.'),
      (error: unknown) => setText(error instanceof Error ? error.message : String(error)),
    )
  }, [run])
  return (
    <Dialog title="Log of the trainer" onClose={onClose}>
      <pre class="log">{text}</pre>
    </Dialog>
  )
}
