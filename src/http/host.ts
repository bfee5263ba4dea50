import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

const operational = new Set(['/healthz', '/readyz', '/metrics'])

/** `Host` must be the configured one; 127.0.0.1 leads to localhost, since browsers take no address as an RP ID. */
export async function checkHost(request: FastifyRequest, reply: FastifyReply, url: URL): Promise<void> {
  if (operational.has(request.url)) return
  // RFC 9112 §3.2: node takes the first of several, a proxy in front may have judged another.
  if (request.raw.headersDistinct['host']?.length !== 1)
    throw new ProblemError(400, 'bad-request', 'This request names more than one host.')
  if (request.host === url.host && request.protocol === url.protocol.slice(0, -1)) return
  const isLoopback = /^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.host)
  if (isLoopback && url.hostname === 'localhost' && request.method === 'GET') {
    await reply.redirect(`${url.origin}${request.url}`, 307)
    return
  }
  throw new ProblemError(421, 'wrong-host', `This instance answers at ${url.origin} only.`, {
    help: 'Open that address. If a proxy stands in front, name it in POSTERN_TRUSTED_PROXIES and let it pass on Host and X-Forwarded-Proto.',
  })
}
