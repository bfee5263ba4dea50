import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

const operational = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * `Host` must be the configured one; 127.0.0.1 leads to localhost, since browsers take no address as an RP ID. Returns
 * whether the request goes on, rather than having been answered.
 */
export function checkHost(request: FastifyRequest, reply: FastifyReply, url: URL): boolean {
  if (operational.has(request.url)) return true
  // RFC 9112 §3.2: node takes the first of several, a proxy in front may have judged another.
  if (!namesOneHost(request.raw)) throw new ProblemError(400, 'bad-request', 'This request names more than one host.')
  const { host } = request
  if (host === url.host && request.protocol === url.protocol.slice(0, -1)) return true
  const isLoopback = /^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
  if (isLoopback && url.hostname === 'localhost' && request.method === 'GET') {
    void reply.redirect(`${url.origin}${request.url}`, 307)
    return false
  }
  throw new ProblemError(421, 'wrong-host', `This instance answers at ${url.origin} only.`, {
    help: 'Open that address. If a proxy stands in front, name it in POSTERN_TRUSTED_PROXIES and let it pass on Host and X-Forwarded-Proto.',
  })
}

// Node's own list of values by name is made of all headers, which every request would pay for.
function namesOneHost({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (/^host$/i.test(rawHeaders[at] ?? '')) hosts += 1
  return hosts === 1
}
