import type { App } from './app.ts'

/** For whatever watches the process: alive, and ready to serve. */
export function healthRoutes(app: App, { isReady }: { isReady: () => Promise<boolean> }): void {
  app.get('/healthz', { config: { access: 'public', isStatic: true }, handler: () => ({ status: 'alive' }) })
  app.get('/readyz', {
    config: { access: 'public', isStatic: true },
    async handler(_request, reply) {
      if (await isReady()) return { status: 'ready' }
      return reply.code(503).send({ status: 'not ready' })
    },
  })
}
