import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Guard } from '../http/access.ts'
import { nothingHere } from '../http/problem.ts'

const passedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

/**
 * Who may read the counters: whoever holds the operator's token, from anywhere and by any name; without one, a program
 * on this machine that says that it asks this machine. To everybody else there is nothing.
 */
export function createMetricsGuard({ token }: { token: string | undefined }): Guard {
  const expected = token === undefined ? undefined : digest(token)
  return async (request) => {
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const isAllowed =
      given === undefined ? isFromHere(request) : expected !== undefined && timingSafeEqual(digest(given), expected)
    if (!isAllowed) throw nothingHere()
  }
}

/**
 * The peer itself, whatever any header says of it. What a proxy on this machine passes on comes from elsewhere, and a
 * page in a browser here whose own name was pointed at 127.0.0.1 asks with that name.
 */
function isFromHere({ socket, raw }: FastifyRequest): boolean {
  if (!/^(::1$|(::ffff:)?127\.)/.test(socket.remoteAddress ?? '')) return false
  if (passedOn.some((name) => raw.headers[name] !== undefined)) return false
  const [host, ...more] = raw.headersDistinct['host'] ?? []
  return more.length === 0 && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host ?? '')
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')
