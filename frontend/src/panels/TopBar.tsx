import { dark, toggleTheme } from '../paint/theme'
import { navigate } from '../store/route'
import { Link } from '../ui/Link'

export function ThemeButton() {
  const isDark = dark()
  return (
    <button
      type="button"
      class="button quiet small"
      onClick={toggleTheme}
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      title={isDark ? 'Light colours' : 'Dark colours'}
    >
      <svg width="15" height="15" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
      </svg>
    </button>
  )
}

export function Home({ children, brand }: { children: string; brand?: boolean }) {
  return (
    <a
      class={brand ? 'brand' : ''}
      href="/"
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return
        event.preventDefault()
        navigate('/')
      }}
    >
      {children}
    </a>
  )
}

export function TopBar() {
  return (
    <header class="topbar">
      <Home brand>Policyscope</Home>
      <nav aria-label="Pages">
        <Link href="/lab">Lab</Link>
      </nav>
      <span class="spacer" />
      <ThemeButton />
    </header>
  )
}
