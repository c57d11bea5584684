import { useEffect, useRef, useState } from 'preact/hooks'
import { DotsIcon } from './icons'

export interface Item {
  text: string
  hint?: string
  act(): void
}

/** A small menu behind three dots. */
export function Menu({ label, items }: { label: string; items: Item[] }) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const close = (event: Event) => {
      const outside =
        event instanceof KeyboardEvent ? event.key === 'Escape' : !root.current?.contains(event.target as Node)
      if (outside) setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('keydown', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('keydown', close)
    }
  }, [open])
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class="button quiet small"
        aria-label={label}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <DotsIcon />
      </button>
      {open && (
        <div role="menu">
          {items.map((item) => (
            <button
              key={item.text}
              type="button"
              role="menuitem"
              onClick={() => {
                setOpen(false)
                item.act()
              }}
            >
              {item.text}
              {item.hint && <kbd>{item.hint}</kbd>}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
