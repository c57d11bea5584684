import { renderer as acrobot } from './acrobot'
import { renderer as cartpole } from './cartpole'
import { renderer as mountaincar } from './mountaincar'
import { renderer as pendulum } from './pendulum'
import type { Renderer } from './types'

/** Every drawing, by the name that the environment's catalog row gives as its `renderer`. */
const RENDERERS: Record<string, Renderer> = { acrobot, cartpole, mountaincar, pendulum }

export const rendererOf = (name: string | null | undefined): Renderer | undefined =>
  name ? RENDERERS[name] : undefined
