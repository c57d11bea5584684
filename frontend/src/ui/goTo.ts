/** Bring the switch of a control into view and give it the focus. */
export function goToSwitch(name: string): void {
  const row = document.getElementById(`control-${name}`)
  const group = row?.closest('details')
  if (group) group.open = true
  row?.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  row?.querySelector<HTMLElement>('button[aria-checked="true"], input')?.focus({ preventScroll: true })
}

/** Bring a chart into view and give its menu the focus. */
export function goToChart(id: string): void {
  const card = document.querySelector<HTMLElement>(`figure[data-chart="${CSS.escape(id)}"]`)
  card?.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  card?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true })
}
