import type { FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A request that changes state and is known by a cookie must come from our own pages: the browser says so itself, and
 * names the exact origin, port included, since other ports of localhost share our cookies.
 */
export function checkSameOrigin(request: FastifyRequest, origin: string): void {
  if (safeMethods.has(request.method)) return
  const { 'sec-fetch-site': site, origin: from } = request.headers
  if (site === 'same-origin' && from === origin) return
  throw new ProblemError(403, 'foreign-origin', 'This request did not come from a page of this instance.', {
    help: 'Open the page here and try again. Programs use an API token in the Authorization header instead.',
  })
}
