import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../http/app.ts'
import { addressBlock } from '../http/rate-limit.ts'
import type { Git } from './git.ts'
import { onBehalfOf } from './on-behalf.ts'
import type { StreamHolder } from './stream-shares.ts'

/** For whom git runs that this request asks for. */
export const holderOf = (request: FastifyRequest): StreamHolder =>
  request.caller === undefined ? { stranger: addressBlock(request) } : { account: request.caller.id }

/** Every request's work is its caller's: called before its route's own handlers, once its body was read. */
export function workForCallers(app: App): void {
  app.addHook('preHandler', (request, _reply, done) => onBehalfOf(holderOf(request), done))
}

/** Its place among what is streamed at once, until the answer has left or whoever reads it is gone. @throws GitError `git-busy` */
export function shareWhileOpen(git: Pick<Git, 'share'>, { raw, request }: FastifyReply): void {
  const share = git.share(holderOf(request), () => raw.destroy())
  if (raw.closed) share[Symbol.dispose]()
  else raw.once('close', () => share[Symbol.dispose]())
}

/** As over SSH. */
const defaultIdleMs = 15 * 60_000

/** A client that neither sends nor reads holds a process of git's: it is let go. */
export function letGoIdle({ raw }: FastifyReply, idleMs = defaultIdleMs): void {
  raw.setTimeout(idleMs, () => raw.destroy())
}
