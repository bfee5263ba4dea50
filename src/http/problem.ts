import type { FastifyReply } from 'fastify'
import type { Problem } from './shapes.ts'

export interface ProblemDetails {
  /** What exactly, in a sentence. */
  detail?: string
  /** What would help, in a sentence. */
  help?: string
  sealRequestId?: string
  link?: string
  expiresAt?: number
  requires?: NonNullable<Problem['requires']>
  fields?: Record<string, string>
  headers?: Record<string, string>
  /** For the log only. */
  cause?: unknown
}

/** A refusal that may be shown: status, a stable code and a sentence. What must stay private goes into `cause`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: number
  readonly code: string
  readonly details: ProblemDetails

  constructor(status: number, code: string, title: string, details: ProblemDetails = {}) {
    super(title, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = status
    this.code = code
    this.details = details
  }
}

export const notFound = (what = 'This'): ProblemError =>
  new ProblemError(404, 'not-found', `${what} does not exist, or you may not see it.`)

export const conflict = (code: string, title: string, details?: ProblemDetails): ProblemError =>
  new ProblemError(409, code, title, details)

export const invalid = (field: string, sentence: string): ProblemError =>
  new ProblemError(422, 'invalid-input', sentence, { fields: { [field]: sentence } })

export const forbidden = (title: string, help?: string): ProblemError =>
  new ProblemError(403, 'not-allowed', title, help === undefined ? {} : { help })

/** RFC 9457 body of a refusal. */
export function renderProblem(error: ProblemError): Problem {
  const { detail, help, sealRequestId, link, expiresAt, requires, fields } = error.details
  return {
    type: 'about:blank',
    title: error.message,
    status: error.status,
    code: error.code,
    ...(detail === undefined ? {} : { detail }),
    ...(help === undefined ? {} : { help }),
    ...(sealRequestId === undefined ? {} : { sealRequestId }),
    ...(link === undefined ? {} : { link }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(requires === undefined ? {} : { requires }),
    ...(fields === undefined ? {} : { fields }),
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The problem it was answered with, for whoever counts. */
    refusal: ProblemError | undefined
  }
}

export function sendProblem(reply: FastifyReply, error: ProblemError): FastifyReply {
  reply.request.refusal = error
  return reply
    .code(error.status)
    .headers(error.details.headers ?? {})
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(renderProblem(error))
}
