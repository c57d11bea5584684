import { hush, toast } from '../store/toast'

/** What was just done, and Undo. */
export function ToastBar() {
  const said = toast.value
  return (
    <div class="toast-place" role="status">
      {said && (
        <div class="toast">
          <span>{said.text}</span>
          {said.undo && (
            <button
              type="button"
              onClick={() => {
                hush()
                void said.undo!()
              }}
            >
              Undo
            </button>
          )}
          <button type="button" aria-label="Dismiss" onClick={hush}>
            ×
          </button>
        </div>
      )}
    </div>
  )
}
