import type { FastifyInstance } from 'fastify'

const deadlineMs = 30_000

/**
 * A body that trickles in holds its connection for ever, since Node's own deadline is off for the sake of long pushes.
 * Every route has this one instead, except git's, whose operations have a limit of their own.
 */
export function limitBodyTime(app: FastifyInstance, ms: number = deadlineMs): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { raw } = request
    const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0
    if (hasBody && request.routeOptions.config.access !== 'git') {
      const timer = setTimeout(() => raw.destroy(), ms)
      const stop = (): void => clearTimeout(timer)
      raw.once('end', stop).once('close', stop)
    }
    done()
  })
}
