/** Shortcuts by key; none fires while something that takes text or a modifier is in play. */
export function listenKeys(table: Record<string, () => void>): () => void {
  const handle = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || busy(event.target, event.key))
      return
    const action = table[event.key]
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

/** A button pressed with the pointer gives the focus back, so that Space stays the shortcut; `detail` is 0 for keys. */
function letGo(event: MouseEvent): void {
  const button = event.detail > 0 && (event.target as Element).closest<HTMLElement>('button')
  if (button && !button.closest('dialog')) button.blur()
}

/** A focused field keeps its keys; a focused button keeps Space and Enter; an open dialog keeps all. */
function busy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('input, textarea, select, [contenteditable], dialog')) return true
  return (key === ' ' || key === 'Enter') && target.closest('button, a, summary, [role="menuitem"]') !== null
}
