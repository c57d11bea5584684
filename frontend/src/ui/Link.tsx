import type { ComponentChildren } from 'preact'
import { navigate } from '../store/route'

interface Props {
  href: string
  class?: string
  label?: string
  title?: string
  children: ComponentChildren
}

/** A link inside the application: a plain click stays in the page, any other is the browser's. */
export function Link({ href, label, children, ...rest }: Props) {
  return (
    <a
      href={href}
      aria-label={label}
      {...rest}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        navigate(href)
      }}
    >
      {children}
    </a>
  )
}
