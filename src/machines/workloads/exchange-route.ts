import type { FastifyInstance, FastifyReply } from 'fastify'
import type { App } from '../../http/app.ts'
import { findRepository } from '../../repositories/find-by-path.ts'
import { type ExchangeParts, exchangeToken } from './exchange.ts'
import { ExchangeRefused } from './exchange-refused.ts'
import { type Asked, accessTokenType, readForm } from './read-form.ts'
import { renewToken, type RenewParts } from './renew.ts'
import { parseResource } from './resource.ts'

export const exchangePath = '/api/v1/token-exchange'

/** More than the longest token that is read, and what stands around it. */
const maxBodyBytes = 64 * 1024

/** The one address at which a pipeline trades what its issuer signed, and renews what it got. RFC 8693. */
export function exchangeRoute(app: App, parts: ExchangeParts & RenewParts): void {
  // A form, which no other route takes: its parser lives in here alone.
  app.register((inside: FastifyInstance, _options, done) => {
    inside.removeAllContentTypeParsers()
    inside.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxBodyBytes },
      (_request, body, parsed) => parsed(null, body),
    )
    inside.setErrorHandler((error, _request, reply) => {
      const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
      if (error instanceof ExchangeRefused) return sendRefusal(reply, error)
      if (status === 415) return sendRefusal(reply, notAForm())
      if (status === 413) return sendRefusal(reply, tooLong())
      throw error
    })
    inside.post(exchangePath, {
      config: { access: 'signed' },
      bodyLimit: maxBodyBytes,
      async handler(request, reply) {
        const asked = readForm(typeof request.body === 'string' ? request.body : '')
        const { secret, expiresInSeconds, scopes } = await answer(parts, asked, request.ip)
        return reply.header('pragma', 'no-cache').send({
          access_token: secret,
          issued_token_type: accessTokenType,
          token_type: 'Bearer',
          expires_in: expiresInSeconds,
          scope: scopes.join(' '),
        })
      },
    })
    done()
  })
}

async function answer(parts: ExchangeParts & RenewParts, asked: Asked, address: string) {
  const { kind, subjectToken, resource, scopes } = asked
  if (kind === 'pipeline') return exchangeToken(parts, { subjectToken, resource: resource ?? '', scopes })
  const target = resource === null ? null : await findTarget(parts, resource)
  return renewToken(parts, { subjectToken, address, target, scopes })
}

/** Which repository is meant; one that no token can have where there is none. */
async function findTarget({ database, origin }: ExchangeParts, resource: string): Promise<string> {
  const path = parseResource(origin, resource)
  const found = path && (await findRepository(database.read, path))
  return found?.repository.id ?? ''
}

/** RFC 6749 §5.2. Whether waiting helps would tell a stranger what is trusted: everybody may try again in a minute. */
function sendRefusal(reply: FastifyReply, { code, message }: ExchangeRefused): FastifyReply {
  if (code === 'invalid_target') reply.header('retry-after', '60')
  return reply.code(400).send({ error: code, error_description: asciiOf(message) })
}

/** §5.2 keeps an error_description to printable ASCII without quotes and backslashes. */
const asciiOf = (text: string): string =>
  text
    .replaceAll(/[“”"]/g, "'")
    .replaceAll('’', "'")
    .replaceAll('…', '...')
    .replaceAll(/[^ -~]|\\/g, '?')

const notAForm = (): ExchangeRefused =>
  new ExchangeRefused('invalid_request', 'Send a form: application/x-www-form-urlencoded.')
const tooLong = (): ExchangeRefused =>
  new ExchangeRefused('invalid_request', 'This is longer than any token of a pipeline.')
