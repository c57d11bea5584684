import { Icon } from '../ui/icons'

export const FirstIcon = () => (
  <Icon>
    <path d="M1.5 1h2v10h-2zM10.5 1v10l-6-5z" />
  </Icon>
)
export const LastIcon = () => (
  <Icon>
    <path d="M8.5 1h2v10h-2zM1.5 1v10l6-5z" />
  </Icon>
)
export const PreviousIcon = () => (
  <Icon>
    <path d="M8.6 1.6 4.2 6l4.4 4.4-1.2 1.2L1.8 6 7.4.4z" />
  </Icon>
)
export const NextIcon = () => (
  <Icon>
    <path d="M3.4 1.6 7.8 6l-4.4 4.4 1.2 1.2L10.2 6 4.6.4z" />
  </Icon>
)
export const LoopIcon = () => (
  <Icon>
    <path d="M8 0v2H4a4 4 0 0 0-3.2 6.4l1.1-.9A2.6 2.6 0 0 1 4 3.4h4v2L11.2 2.7zM4 12v-2h4a4 4 0 0 0 3.2-6.4l-1.1.9A2.6 2.6 0 0 1 8 8.6H4v-2L.8 9.3z" />
  </Icon>
)
export const LargeIcon = () => (
  <Icon>
    <path d="M1 1h4v1.5H3.6L6 5 5 6 2.5 3.6V5H1zM11 11H7V9.500h1.400L6 7l1-1 2.500 2.400V7H11z" />
  </Icon>
)
export const BesideIcon = () => (
  <Icon>
    <path d="M.5 1.500h5v9h-5zm1.300 1.300v6.400h2.400V2.800zM6.500 1.500h5v9h-5zm1.300 1.300v6.400h2.400V2.800z" />
  </Icon>
)
