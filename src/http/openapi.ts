import swagger from '@fastify/swagger'
import type { App } from './app.ts'

/** Collects the declared routes; call it before the first of them. The description is made when it is first asked for. */
export async function openapiRoutes(app: App, { url, version }: { url: string; version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Postern',
        version,
        description:
          'Acts that matter answer 401 `seal-required` first: tap, then repeat with the header `Postern-Seal`.',
      },
      servers: [{ url }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  })

  // Half a megabyte, which anybody may ask for: to write it anew each time would take the time of many a request.
  let written: Buffer | undefined
  app.get('/api/v1/openapi.json', {
    config: { access: 'public' },
    schema: { hide: true },
    handler: (_request, reply) =>
      reply.type('application/json; charset=utf-8').send((written ??= Buffer.from(JSON.stringify(app.swagger())))),
  })
}
