import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface Props {
  title: string
  onClose(): void
  drawer?: boolean
  /** Without heading and button: a field that Esc leaves. */
  bare?: boolean
  children: ComponentChildren
}

/** A modal of the browser itself: focus stays inside, Esc closes. */
export function Dialog({ title, onClose, drawer, bare, children }: Props) {
  const element = useRef<HTMLDialogElement>(null)
  // Not after the next paint: what is typed right behind the shortcut that opens it belongs into it.
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal?.()
    return () => dialog?.close?.()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way out is Esc, which the element handles
    <dialog
      ref={element}
      class={drawer ? 'drawer' : bare ? 'bare' : ''}
      aria-label={title}
      onCancel={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      {!bare && (
        <header>
          <h2>{title}</h2>
          <button type="button" class="button quiet small" onClick={onClose}>
            Close
          </button>
        </header>
      )}
      {children}
    </dialog>
  )
}

interface ConfirmProps {
  title: string
  text: string
  action: string
  onConfirm(): void
  onClose(): void
}

export function Confirm({ title, text, action, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            onClose()
            onConfirm()
          }}
        >
          {action}
        </button>
      </footer>
    </Dialog>
  )
}
