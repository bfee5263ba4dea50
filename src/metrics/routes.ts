import type { App } from '../http/app.ts'
import type { Meters } from './meters.ts'

export function metricsRoutes(app: App, { meters }: { meters: Meters }): void {
  app.get('/metrics', {
    config: { access: 'metrics' },
    schema: { hide: true },
    async handler(_request, reply) {
      const { contentType, text } = await meters.render()
      return reply.type(contentType).send(text)
    },
  })
}
