import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { readCookie } from '../http/cookies.ts'
import type { Asking } from './asking.ts'
import { callProvider } from './call-provider.ts'
import { mountPath, resumeCookie } from './provider-settings.ts'

export const formType = 'application/x-www-form-urlencoded'

export type AnswerOauth = (
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Omit<Asking, 'address' | 'userAgent'>,
  /** A form, as it is to be understood; and where it is not the route itself, what is asked for. */
  given?: { body?: string; url?: string; authorization?: string | undefined },
) => Promise<FastifyReply>

/**
 * Lets the provider answer. Of the cookies only the one comes and goes that binds a question to its browser: the
 * provider has no sessions of its own.
 */
export const createAnswering =
  ({ provider, origin }: { provider: () => Promise<Provider>; origin: string }): AnswerOauth =>
  async (request, reply, asked, { body = '', url = request.url.slice(mountPath.length), authorization } = {}) => {
    const cookie = [resumeCookie, `${resumeCookie}.sig`]
      .flatMap((name) => {
        const value = readCookie(request.headers.cookie, name)
        return value === undefined ? [] : [`${name}=${value}`]
      })
      .join('; ')
    const answered = await callProvider(await provider(), origin, {
      method: request.method === 'POST' ? 'POST' : 'GET',
      url,
      headers: {
        ...(asked.browserHash === null ? { accept: 'application/json' } : { accept: 'text/html', cookie }),
        ...(body === '' ? {} : { 'content-type': formType }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      body,
      asked: { ...asked, address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, 300) },
    })
    for (const [name, value] of Object.entries(answered.headers)) {
      if (value === undefined || name === 'content-length' || name === 'set-cookie') continue
      void reply.header(name, value)
    }
    for (const line of [answered.headers['set-cookie'] ?? []].flat())
      if (line.startsWith(resumeCookie)) void reply.header('set-cookie', line)
    // What it says to people stands on our own pages.
    const text = answered.headers.location === undefined ? answered.body : ''
    return reply.code(answered.status).send(text === '' ? null : Buffer.from(text))
  }
