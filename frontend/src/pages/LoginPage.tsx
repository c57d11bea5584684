/** Nobody is logged in here; the server's terminal has the key. */
export function LoginPage({ spent }: { spent: boolean }) {
  return (
    <main class="center-state">
      <h1>{spent ? 'That link does not log in' : 'Log in with the link from the terminal'}</h1>
      <p>
        {spent
          ? 'Every link works once, and this one was used before or is not this server’s.'
          : 'The server prints it when it starts.'}{' '}
        A new one, on the server’s machine:
      </p>
      <p>
        <code>policyscope login</code>
      </p>
    </main>
  )
}
