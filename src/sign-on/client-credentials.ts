import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BriefToken, BriefTokens } from '../access-keys/brief-tokens.ts'
import { inOneLine, ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'

interface Named {
  id: string
  secret: string
}

/**
 * RFC 6749 §4.4 for programs: the id is their API token's, or the name of the agent or person whose it is, the secret is
 * the token. They get a short one made from it. Undefined where something else is asked, or by an application.
 */
export async function answerClientCredentials(
  request: FastifyRequest,
  reply: FastifyReply,
  { briefTokens, now }: { briefTokens: BriefTokens; now: () => number },
): Promise<FastifyReply | undefined> {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  if (form.get('grant_type') !== 'client_credentials') return undefined
  const names = ['grant_type', 'client_id', 'client_secret', 'scope'].map((name) => form.getAll(name))
  if (names.some((values) => values.length > 1)) return refuse(reply, 400, 'invalid_request', 'a parameter came twice')
  const named = readClient(request.headers.authorization, form)
  if (named === undefined)
    return refuse(reply, 401, 'invalid_client', 'name yourself by client_id and client_secret, in one place')
  if (named.id.startsWith('app_')) return undefined
  const asked = form.get('scope')
  try {
    const wanted = asked === null ? null : asked.split(' ').filter((scope) => scope !== '')
    const issued = await briefTokens.issue({ secret: named.secret, address: request.ip, wanted }, now())
    if (issued === undefined || !isOf(issued.caller, named.id))
      return refuse(
        reply,
        401,
        'invalid_client',
        'this API token is not known, has ended, or belongs to another id: make a new one under Account',
      )
    const { token } = issued
    if (token.scopes.length === 0 || wanted?.some((scope) => !token.scopes.includes(scope)) === true)
      return refuse(
        reply,
        400,
        'invalid_scope',
        'the API token was not given all of these scopes: ask for fewer, or make one with them under Account',
      )
    return reply.header('cache-control', 'no-store').send(render(token))
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 403) throw error
    return refuse(reply, 400, 'unauthorized_client', inOneLine(error))
  }
}

/** RFC 6749 §5.1 */
const render = ({ secret, seconds, scopes }: BriefToken) => ({
  access_token: secret,
  token_type: 'Bearer',
  expires_in: seconds,
  scope: scopes.join(' '),
})

const isOf = ({ id, username, by }: Caller, named: string): boolean =>
  named === username || named === id || (by.kind === 'token' && named === by.tokenId)

/** RFC 6749 §2.3.1: in the header or in the form, never in both. */
function readClient(authorization: string | undefined, form: URLSearchParams): Named | undefined {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')]
  if (authorization === undefined) return id === null || secret === null ? undefined : { id, secret }
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization)?.[1]
  if (encoded === undefined || secret !== null) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  const [name, shown] = [decode(text.slice(0, colon)), decode(text.slice(colon + 1))]
  return id === null || id === name ? { id: name, secret: shown } : undefined
}

/** RFC 6749 §2.3.1 has both in the form’s own spelling; nothing in ours needs it, and many programs leave it out. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}

/** RFC 6749 §5.2: what is said of it is plain ASCII without quotes. */
function refuse(reply: FastifyReply, status: 400 | 401, error: string, description: string): FastifyReply {
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="Postern"')
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .send({ error, error_description: description.replaceAll(/[“”"\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?') })
}
