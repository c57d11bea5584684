import type { Launch } from './launch'

/** What the server says about one field, beside it. */
export function FieldError({ launch, path }: { launch: Launch; path: string }) {
  const messages = launch.errorsAt(path)
  if (messages.length === 0) return null
  return (
    <p class="field-error" id={`${fieldId(path)}-error`} role="alert">
      {messages.map((message) => (
        <span key={message}>{message}</span>
      ))}
    </p>
  )
}

export const fieldId = (path: string) => `field-${path.replaceAll('.', '-')}`

/** Bring a field into view, open what hides it, and put the focus there. */
export function goToField(path: string): void {
  const control = path.startsWith('controls.') ? document.getElementById(`control-${path.slice(9)}`) : null
  const place = control ?? document.getElementById(fieldId(path))
  const group = place?.closest('details')
  if (group) group.open = true
  place?.scrollIntoView({ block: 'center', behavior: 'smooth' })
  const focusable = 'input:not([type="range"]), button[aria-checked="true"], button[role="radio"], select'
  const inside = place?.matches('input, select') ? place : place?.querySelector<HTMLElement>(focusable)
  ;(inside as HTMLElement | null | undefined)?.focus({ preventScroll: true })
}
