import { useEffect } from 'preact/hooks'
import { CommandHost } from './commands/CommandHost'
import { ComparePage } from './compare/ComparePage'
import { DeskPage } from './pages/DeskPage'
import { LabPage } from './pages/LabPage'
import { LoginPage } from './pages/LoginPage'
import { NewRunPage } from './pages/NewRunPage'
import { RunsPage } from './pages/RunsPage'
import { Missing, Unreachable } from './pages/states'
import { catalog } from './store/catalog'
import { route } from './store/route'
import { openSession, session } from './store/session'
import { live } from './wire/socket'

export function App() {
  useEffect(() => {
    live.onRevoked = () => {
      session.value = 'out'
    }
    void openSession()
  }, [])
  const state = session.value
  if (state === 'checking') return null
  if (state === 'unreachable')
    return <Unreachable message="The server cannot be reached." onRetry={() => void openSession()} />
  if (state !== 'in') return <LoginPage spent={state === 'spent'} />
  return <LoggedIn />
}

function LoggedIn() {
  if (!catalog.value)
    return <Unreachable message="The engine's catalog is not here yet." onRetry={() => void openSession()} />
  return (
    <>
      <Page />
      <CommandHost />
    </>
  )
}

function Page() {
  const at = route.value
  if (at.page === 'compare') return <ComparePage key={at.query} />
  if (at.page === 'lab') return <LabPage key={at.query} />
  if (at.page === 'desk') return <DeskPage key={at.run} id={at.run} />
  if (at.page === 'new') return <NewRunPage at={at} />
  return at.page === 'runs' ? <RunsPage at={at} /> : <Missing what={`${at.path} is no page of Policyscope.`} />
}
