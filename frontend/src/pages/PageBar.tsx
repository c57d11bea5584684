import { Home, ThemeButton } from '../panels/TopBar'
import { Link } from '../ui/Link'

/** The top of a page that is not the runs: the way back to them. */
export function PageBar() {
  return (
    <header class="topbar">
      <Home brand>Policyscope</Home>
      <nav aria-label="Pages">
        <Home>Runs</Home>
        <Link href="/lab">Lab</Link>
      </nav>
      <span class="spacer" />
      <ThemeButton />
    </header>
  )
}
