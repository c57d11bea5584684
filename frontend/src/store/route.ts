import { signal } from '@preact/signals'

export type Route =
  | { page: 'runs' }
  | { page: 'new' }
  | { page: 'compare'; query: string }
  | { page: 'lab'; query: string }
  | { page: 'desk'; run: string }
  | { page: 'missing'; path: string }

export function parse(path: string): Route {
  if (path === '/' || path === '/runs' || path === '/runs/') return { page: 'runs' }
  if (path === '/new' || path === '/new/') return { page: 'new' }
  if (path === '/compare' || path === '/compare/') return { page: 'compare', query: location.search }
  if (path === '/lab' || path === '/lab/') return { page: 'lab', query: location.search }
  const desk = /^\/runs\/([^/]+)\/?$/.exec(path)
  return desk ? { page: 'desk', run: decodeURIComponent(desk[1]!) } : { page: 'missing', path }
}

export const route = signal<Route>(parse(location.pathname))

export function navigate(path: string): void {
  history.pushState(null, '', path)
  route.value = parse(location.pathname)
  window.scrollTo(0, 0)
}

window.addEventListener('popstate', () => {
  route.value = parse(location.pathname)
})
