import { signal } from '@preact/signals'

export interface Toast {
  text: string
  undo?: () => Promise<void>
}

/** What was just done, with the way back while it is shown. */
export const toast = signal<Toast | null>(null)

const SHOWN_MS = 15_000
let timer: ReturnType<typeof setTimeout> | undefined

export function say(next: Toast): void {
  clearTimeout(timer)
  toast.value = next
  timer = setTimeout(hush, SHOWN_MS)
}

export function hush(): void {
  clearTimeout(timer)
  toast.value = null
}
