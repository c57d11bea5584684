/** Nobody is logged in here; the server's terminal has the key. */
export function LoginPage({ spent }: { spent: boolean }) {
  return (
    <main class="center-state">
      <h1>{spent ? 'That link was used before' : 'Log in with the link from the terminal'}</h1>
      <p>
        The server prints an address that ends in <code>#login=…</code>. It works once. Start the server again for a new
        one, or ask whoever runs it.
      </p>
      <p>
        <code>policyscope serve</code>
      </p>
    </main>
  )
}
