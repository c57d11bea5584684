import { TopBar } from '../panels/TopBar'
import { complaint } from '../store/actions'
import { navigate } from '../store/route'
import { Complaint } from '../ui/Complaint'

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

/** The run was deleted, perhaps while it was looked at; for a day it can be brought back. */
export function Deleted({ name, onRestore }: { name: string; onRestore(): void }) {
  return (
    <>
      <TopBar />
      <main class="center-state">
        <h1>“{name}” was deleted</h1>
        <p role="alert">It can be brought back for 24 hours after it was deleted; then its disk is freed for good.</p>
        <Complaint text={complaint.value} />
        <button type="button" class="button primary" onClick={onRestore}>
          Bring it back
        </button>
        <button type="button" class="button" onClick={() => navigate('/')}>
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
