/** A refusal said once, where it is seen. */
export function Complaint({ text }: { text: string | null }) {
  if (!text) return null
  return (
    <div class="banner bad" role="alert">
      <strong>That did not work.</strong> {text}
    </div>
  )
}
