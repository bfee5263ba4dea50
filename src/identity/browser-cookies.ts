import type { FastifyReply, FastifyRequest } from 'fastify'
import { type CookieNames, readCookie, renderCookie } from '../http/cookies.ts'
import { hashSecret, newSecret } from '../http/secret.ts'
import { sessionLimits } from './sessions.ts'

const browserMarkSeconds = 24 * 3600

/** What a ceremony before sign-in is bound to: a cookie only this browser has, set here when it has none yet. */
export function bindBrowser(request: FastifyRequest, reply: FastifyReply, names: CookieNames): string {
  const known = readCookie(request.headers.cookie, names.browser)
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return hashSecret(known)
  const mark = newSecret()
  reply.header(
    'set-cookie',
    renderCookie(names.browser, mark, { secure: names.secure, maxAgeSeconds: browserMarkSeconds }),
  )
  return hashSecret(mark)
}

export function setSessionCookie(reply: FastifyReply, names: CookieNames, secret: string): void {
  const maxAgeSeconds = Math.floor(sessionLimits.absoluteMs / 1000)
  reply.header('set-cookie', renderCookie(names.session, secret, { secure: names.secure, maxAgeSeconds }))
}

export function clearSessionCookie(reply: FastifyReply, names: CookieNames): void {
  reply.header('set-cookie', renderCookie(names.session, '', { secure: names.secure, maxAgeSeconds: 0 }))
}

export const clientOf = (request: FastifyRequest) => ({
  userAgent: request.headers['user-agent'] ?? '',
  address: request.ip,
})
