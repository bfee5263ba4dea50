import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const deadlineMs = 30_000
const longer = new WeakMap<IncomingMessage, number>()

/** Gives the body of this request more time: called by a hook of its route, behind the guard that knows who sends it. */
export const giveBodyTime = ({ raw }: FastifyRequest, ms: number): void => void longer.set(raw, ms)

/**
 * A body that trickles in holds its connection for ever, since Node's own deadline is off for the sake of long pushes.
 * Every route has this one instead, except git's, whose operations have a limit of their own. It is looked after from
 * time to time: a timer for each request would cost every one of them, and it is late by a tenth at most.
 */
export function limitBodyTime(app: FastifyInstance, ms: number = deadlineMs): void {
  // The latest of each connection: a next request is only read when the body before it is complete.
  const arriving = new Map<Socket, { raw: IncomingMessage; since: number }>()
  const looking = setInterval(() => {
    const now = performance.now()
    for (const [socket, { raw, since }] of arriving) {
      if (raw.complete || raw.destroyed) arriving.delete(socket)
      else if (since + (longer.get(raw) ?? ms) <= now) raw.destroy()
    }
  }, ms / 10).unref()
  app.addHook('onClose', (_instance, done) => {
    clearInterval(looking)
    done()
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const { raw } = request
    const { access, hasShortBody = false } = request.routeOptions.config
    if (access === 'git' && !hasShortBody) arriving.delete(raw.socket)
    else arriving.set(raw.socket, { raw, since: performance.now() })
    done()
  })
}
