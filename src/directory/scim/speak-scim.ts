import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { escapeHidden } from '../../audit/record.ts'
import { inOneLine, unexpected } from '../../http/problem.ts'
import { renderScimError, ScimError } from '../../protocols/scim/scim-error.ts'
import { noteRequest } from '../connections/note-request.ts'
import { explainRefusal } from './explain-refusal.ts'
import { scimBase, type ScimParts, type ScimRequest } from './scim-parts.ts'

const scimJson = 'application/scim+json'
// A group of 50,000 members in one request.
export const largestBody = 10 * 1024 * 1024

/** What every route for directories declares. They describe themselves under `/Schemas`. */
export const config = { access: 'directory' } as const
export const schema = { hide: true }

/** Within `scim`: bodies and refusals are SCIM's own, and each request is noted with its connection. */
export function speakScim(scim: FastifyInstance, parts: ScimParts): void {
  scim.removeAllContentTypeParsers()
  scim.addContentTypeParser(
    [scimJson, 'application/json'],
    { parseAs: 'string', bodyLimit: largestBody },
    (_request, body, done) => {
      try {
        // Names of prototypes are names like others here: everything is read through the schema.
        done(null, String(body) === '' ? undefined : JSON.parse(String(body)))
      } catch {
        done(new ScimError(400, 'The body is not JSON.', 'invalidSyntax'))
      }
    },
  )
  scim.setErrorHandler((error, request, reply) => {
    const refusal = explainRefusal(error, request.routeOptions.bodyLimit)
    if (refusal === undefined) request.log.error({ err: error }, 'request of a directory failed')
    const headers = error instanceof Error && 'details' in error ? (error.details as { headers?: object }).headers : {}
    return sendScim(
      reply.headers(headers ?? {}),
      refusal?.status ?? 500,
      renderScimError(refusal ?? new ScimError(500, inOneLine(unexpected()))),
    )
  })
  scim.addHook('onSend', async (request, reply, payload) => {
    if (request.directory === undefined) return payload
    await noteRequest(parts.database, request.directory, { error: errorOf(reply, payload), at: parts.now() })
    return payload
  })
}

/** What whoever looks after the directory should hear of. Asking for what is not there is how directories look. */
function errorOf({ statusCode }: FastifyReply, payload: unknown): string | null {
  if (statusCode < 400 || statusCode === 404 || statusCode === 412 || typeof payload !== 'string') return null
  try {
    const { detail } = JSON.parse(payload) as { detail?: unknown }
    return typeof detail === 'string' ? escapeHidden(detail) : null
  } catch {
    return null
  }
}

export const sendScim = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply.code(status).type(scimJson).serializer(JSON.stringify).send(body)

export function requestOf(request: FastifyRequest, parts: ScimParts): ScimRequest {
  const { directory } = request
  if (directory === undefined) throw new Error('a route for directories was reached without one')
  return { ...parts, connection: directory, base: scimBase(parts.origin) }
}
