import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { startPostern } from './start-postern.ts'

export interface ListedRoute {
  method: string
  url: string
  access: string
  act: string | null
  /** The JSON Schema of its body, as it is enforced; undefined where none is read as JSON. */
  body: BodySchema | undefined
}

export interface BodySchema {
  type?: string
  properties?: Record<string, BodySchema>
  patternProperties?: Record<string, BodySchema>
  additionalProperties?: boolean
  items?: BodySchema
  anyOf?: BodySchema[]
}

/** Every route of the live server, as it declared itself; Fastify announces each instance it makes. */
export async function listRoutes(): Promise<ListedRoute[]> {
  const declared: { url: string; route: RouteOptions }[] = []
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route: RouteOptions) => void declared.push({ url: route.url, route }))
  }
  subscribe('fastify.initialization', watch)
  try {
    await using postern = await startPostern()
    await postern.setupLink()
  } finally {
    unsubscribe('fastify.initialization', watch)
  }
  // Read behind the hooks that came after ours; Fastify itself writes a slash after the address of a prefix.
  const routes = declared.flatMap(({ url, route: { method, config, schema } }) =>
    [method].flat().map((one) => ({
      method: one,
      url,
      access: config?.access ?? '',
      act: config?.act?.name ?? null,
      body: schema?.body as BodySchema | undefined,
    })),
  )
  // Fastify answers HEAD wherever GET is; it is not declared apart.
  return routes.filter(({ method }) => method !== 'HEAD').sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

const keyOf = ({ url, method }: ListedRoute): string => `${url} ${method}`
