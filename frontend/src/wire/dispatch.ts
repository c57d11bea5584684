import type {
  DeletedMessage,
  ErrorMessage,
  EventMessage,
  FrameMessage,
  RunMessage,
  ServerMessage,
  SkipMessage,
  SubscribedMessage,
  ViewMessage,
  WatchingMessage,
} from './types'

/** One function per message tag; a tag that the server adds does not compile until it has one. */
export interface Handlers {
  subscribed(message: SubscribedMessage): void
  frame(message: FrameMessage): void
  event(message: EventMessage): void
  skip(message: SkipMessage): void
  run(message: RunMessage): void
  deleted(message: DeletedMessage): void
  error(message: ErrorMessage): void
  watching(message: WatchingMessage): void
  view(message: ViewMessage): void
}

export function dispatch(message: ServerMessage, to: Handlers): void {
  switch (message.type) {
    case 'subscribed':
      return to.subscribed(message)
    case 'frame':
      return to.frame(message)
    case 'event':
      return to.event(message)
    case 'skip':
      return to.skip(message)
    case 'run':
      return to.run(message)
    case 'deleted':
      return to.deleted(message)
    case 'watching':
      return to.watching(message)
    case 'view':
      return to.view(message)
    // Answers to requests that this page sends by other ways, or does not wait for.
    case 'unsubscribed':
    case 'edit':
      return
    case 'error':
      return to.error(message)
    default:
      return unknown(message)
  }
}

/** Unreachable by type; an older page on a newer server passes such a message over. */
function unknown(_message: never): void {}
