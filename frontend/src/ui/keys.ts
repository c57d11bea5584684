type Act = () => void

/**
 * Shortcuts by key, `Mod+` before it with Ctrl or Cmd; none fires while something that takes text is in play or a dialog
 * is open. A function looks a key up at the moment it is pressed.
 */
export function listenKeys(table: Record<string, Act> | ((key: string) => Act | undefined)): () => void {
  const lookUp = typeof table === 'function' ? table : (key: string) => table[key]
  const handle = (event: KeyboardEvent) => {
    if (event.altKey || event.defaultPrevented || busy(event.target, event.key)) return
    const action = lookUp(spelled(event))
    if (!action) return
    event.preventDefault()
    action()
  }
  document.addEventListener('keydown', handle)
  document.addEventListener('click', letGo)
  return () => {
    document.removeEventListener('keydown', handle)
    document.removeEventListener('click', letGo)
  }
}

const spelled = ({ key, ctrlKey, metaKey }: KeyboardEvent) => (ctrlKey || metaKey ? `Mod+${key.toLowerCase()}` : key)

/** A button pressed with the pointer gives the focus back, so that Space stays the shortcut; `detail` is 0 for keys. */
function letGo(event: MouseEvent): void {
  const button = event.detail > 0 && (event.target as Element).closest<HTMLElement>('button')
  if (button && !button.closest('dialog')) button.blur()
}

/** What takes its own arrows. */
const MOVED = 'input, [role="slider"], [role="radio"], [role="menu"]'
/** What takes no text although it is an input. */
const PRESSED = 'input[type="checkbox"], input[type="radio"], input[type="range"]'

/** A focused field keeps its keys, what moves its arrows, what is pressed Space and Enter, an open dialog all. */
function busy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog')) return true
  if (target.closest('input, textarea, select, [contenteditable]') && !target.matches(PRESSED)) return true
  if (key.startsWith('Arrow') && target.closest(MOVED)) return true
  return (
    (key === ' ' || key === 'Enter') && target.closest(`button, a, summary, [role="menuitem"], ${PRESSED}`) !== null
  )
}
