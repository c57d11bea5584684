import { TopBar } from '../panels/TopBar'
import { navigate } from '../store/route'

/** The address leads nowhere. */
export function Missing({ what }: { what: string }) {
  return (
    <>
      <TopBar />
      <main class="center-state">
        <h1>Not found</h1>
        <p>{what} It may have been deleted, or the link is from another server.</p>
        <button type="button" class="button primary" onClick={() => navigate('/')}>
          All runs
        </button>
      </main>
    </>
  )
}

/** The server does not answer. */
export function Unreachable({ message, onRetry }: { message: string; onRetry(): void }) {
  return (
    <>
      <TopBar />
      <main class="center-state">
        <h1>No answer</h1>
        <p role="alert">{message}</p>
        <button type="button" class="button primary" onClick={onRetry}>
          Try again
        </button>
      </main>
    </>
  )
}
