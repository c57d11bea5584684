import type { ComponentChildren } from 'preact'

export function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" fill="currentColor" aria-hidden="true">
      {children}
    </svg>
  )
}

export const PauseIcon = () => (
  <Icon>
    <path d="M2 1h3v10H2zM7 1h3v10H7z" />
  </Icon>
)
export const PlayIcon = () => (
  <Icon>
    <path d="M2.5 1v10l8-5z" />
  </Icon>
)
export const StepIcon = () => (
  <Icon>
    <path d="M1.5 1v10l6-5zM8.5 1h2v10h-2z" />
  </Icon>
)
export const StopIcon = () => (
  <Icon>
    <path d="M1.5 1.5h9v9h-9z" />
  </Icon>
)
export const LockIcon = () => (
  <Icon>
    <path d="M3 5V3.5a3 3 0 0 1 6 0V5h1v6H2V5zm1.5 0h3V3.5a1.5 1.5 0 0 0-3 0z" />
  </Icon>
)
export const DotsIcon = () => (
  <Icon>
    <circle cx="1.7" cy="6" r="1.3" />
    <circle cx="6" cy="6" r="1.3" />
    <circle cx="10.3" cy="6" r="1.3" />
  </Icon>
)
export const PencilIcon = () => (
  <Icon>
    <path d="M8.4 1 11 3.6 4.2 10.4 1 11l.6-3.2z" />
  </Icon>
)
