import { useEffect, useRef, useState } from 'preact/hooks'
import { DotsIcon } from './icons'

export interface Item {
  text: string
  hint?: string
  act(): void
}

/** Whether a menu of so many items would be cut off below by the window or by the box that scrolls it. */
function hasNoRoomBelow(root: HTMLElement, items: number): boolean {
  const { top, bottom } = root.getBoundingClientRect()
  const box = root.closest('.table-scroll')?.getBoundingClientRect()
  const height = 34 * items + 12
  const room = Math.min(window.innerHeight, box?.bottom ?? window.innerHeight) - bottom
  return room < height && top - Math.max(0, box?.top ?? 0) > height
}

/** A small menu behind three dots. */
export function Menu({ label, items }: { label: string; items: Item[] }) {
  const [open, setOpen] = useState(false)
  const [up, setUp] = useState(false)
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
        onClick={() => {
          setUp(hasNoRoomBelow(root.current!, items.length))
          setOpen(!open)
        }}
      >
        <DotsIcon />
      </button>
      {open && (
        <div role="menu" class={up ? 'up' : ''}>
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
