import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError, unreadable } from './problem.ts'

const operational = new Set(['/healthz', '/readyz', '/metrics'])

/** What whoever opened an address that leads nowhere here is shown; undefined for programs, which get a problem. */
export type WrongHostPage = (
  headers: IncomingHttpHeaders,
) => { status: number; headers: Readonly<Record<string, string | string[]>>; body: string } | undefined

/**
 * `Host` must be the configured one; 127.0.0.1 leads to localhost, since browsers take no address as an RP ID. Returns
 * whether the request goes on, rather than having been answered.
 */
export function checkHost(
  request: FastifyRequest,
  reply: FastifyReply,
  { url, wrongHostPage }: { url: URL; wrongHostPage?: WrongHostPage },
): boolean {
  if (operational.has(request.url)) return true
  // RFC 9112 §3.2: node takes the first of several, a proxy in front may have judged another.
  if (!namesOneHost(request.raw)) throw unreadable(400, 'This request names more than one host.')
  const { host } = request
  if (isOurs(host, url) && request.protocol === url.protocol.slice(0, -1)) return true
  const isLoopback = /^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
  if (isLoopback && url.hostname === 'localhost' && request.method === 'GET') {
    void reply.redirect(`${url.origin}${request.url}`, 307)
    return false
  }
  const page = wrongHostPage?.(request.headers)
  if (page !== undefined) {
    void reply.code(page.status).headers(page.headers).send(page.body)
    return false
  }
  throw new ProblemError(421, 'wrong-host', `This instance answers at ${url.origin} only.`, {
    help: 'Open that address. If a proxy stands in front, name it in POSTERN_TRUSTED_PROXIES and let it pass on Host and X-Forwarded-Proto.',
  })
}

/** RFC 9110 §4.2.3: capitals, and the usual port said aloud, name no other host. Browsers send neither, git does. */
function isOurs(host: string, { host: ours, protocol, port }: URL): boolean {
  if (host === ours) return true
  const small = host.toLowerCase()
  return small === ours || (port === '' && small === `${ours}:${protocol === 'https:' ? '443' : '80'}`)
}

// Node's own list of values by name is made of all headers, which every request would pay for.
function namesOneHost({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts === 1
}
