import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../http/app.ts'
import type { GitOperation, Meters } from './meters.ts'

/**
 * Counts every answer from outside the features: a route says in its declaration which ceremony it ends and what it does
 * to a seal request, and the problem it was answered with says how that went.
 */
export function measureRequests(app: App, meters: Meters): void {
  app.addHook('onRequest', (request, reply, done) => {
    const operation = request.method === 'POST' ? gitOperationOf(request) : undefined
    // An aborted transfer closes without an answer.
    if (operation !== undefined) reply.raw.once('close', meters.gitBegun(operation))
    done()
  })

  app.addHook('onResponse', (request, reply, done) => {
    const { url, config } = request.routeOptions
    const isDone = reply.statusCode < 400
    meters.request({
      method: request.method,
      route: request.is404 ? 'none' : (url ?? 'none'),
      status: `${Math.trunc(reply.statusCode / 100)}xx`,
      seconds: reply.elapsedTime / 1000,
    })
    const isHeld = request.refusal?.code === 'seal-required'
    if (config.ceremony !== undefined && !isHeld) meters.ceremony({ kind: config.ceremony, ...outcomeOf(reply) })
    if (config.ceremony === 'seal' && isDone) meters.sealRequest('sealed')
    if (config.sealRequest !== undefined && isDone) meters.sealRequest(config.sealRequest)
    if (request.refusal?.details.sealRequestId !== undefined) meters.sealRequest('held')
    const operation = isDone ? gitOperationOf(request) : undefined
    if (operation !== undefined && isWholeOperation(operation, request)) meters.gitOperation(operation)
    done()
  })
}

/**
 * A fetch or clone asks once which refs there are, whatever it transfers afterwards; a push sends its pack once, after
 * four bytes by which git asks whether it may talk at all.
 */
function isWholeOperation(operation: GitOperation, { method, headers }: FastifyRequest): boolean {
  return operation === 'fetch' ? method === 'GET' : method === 'POST' && headers['content-length'] !== '4'
}

function outcomeOf(reply: FastifyReply): { outcome: 'done' | 'refused' | 'failed'; cause: string } {
  if (reply.statusCode < 400) return { outcome: 'done', cause: 'none' }
  const cause = reply.request.refusal?.code.replace('tap-refused:', '') ?? 'unknown'
  return { outcome: reply.statusCode < 500 ? 'refused' : 'failed', cause }
}

function gitOperationOf(request: FastifyRequest): GitOperation | undefined {
  const { config, url = '' } = request.routeOptions
  if (config.access !== 'git') return undefined
  const service = url.endsWith('/info/refs') ? (request.query as { service?: string }).service : url.split('/').at(-1)
  return service === 'git-upload-pack' ? 'fetch' : service === 'git-receive-pack' ? 'push' : undefined
}
