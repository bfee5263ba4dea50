import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { startPostern } from './start-postern.ts'

export interface ListedRoute {
  method: string
  url: string
  access: string
  act: string | null
}

/** Every route of the live server, as it declared itself; Fastify announces each instance it makes. */
export async function listRoutes(): Promise<ListedRoute[]> {
  const routes: ListedRoute[] = []
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
      for (const one of [method].flat())
        routes.push({ method: one, url, access: config?.access ?? '', act: config?.act?.name ?? null })
    })
  }
  subscribe('fastify.initialization', watch)
  try {
    await using postern = await startPostern()
    await postern.setupLink()
  } finally {
    unsubscribe('fastify.initialization', watch)
  }
  // Fastify answers HEAD wherever GET is; it is not declared apart.
  return routes.filter(({ method }) => method !== 'HEAD').sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

const keyOf = ({ url, method }: ListedRoute): string => `${url} ${method}`
