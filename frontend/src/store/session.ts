import { signal } from '@preact/signals'
import { ApiError, api, onUnauthorised } from '../wire/api'
import { catalog, unmarked } from './catalog'

export type Session = 'checking' | 'in' | 'out' | 'spent' | 'unreachable'

export const session = signal<Session>('checking')

/** The one-time key of the link that the server printed; taken out of the address at once. */
function takeKey(): string | null {
  const key = new URLSearchParams(location.hash.slice(1)).get('login')
  if (key !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return key
}

/** Log in with the key in the address, if there is one; then find out whether the cookie is good. */
export async function openSession(): Promise<void> {
  onUnauthorised(() => {
    if (session.value !== 'spent') session.value = 'out'
  })
  const key = takeKey()
  const refused = key !== null && !(await tryKey(key))
  try {
    catalog.value = unmarked(await api.catalog())
    session.value = 'in'
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0
    session.value = status === 401 ? (refused ? 'spent' : 'out') : status === 0 ? 'unreachable' : 'in'
  }
}

async function tryKey(key: string): Promise<boolean> {
  return api.login(key).then(
    () => true,
    () => false,
  )
}
