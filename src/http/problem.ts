import type { FastifyReply } from 'fastify'
import type { Problem } from './shapes.ts'

/**
 * What whoever is refused can do next, in a sentence of its own: no refusal goes without, and the type sees to it. Only
 * where fields are named may it be left out, since each field's sentence says what belongs there.
 */
type NextStep = { help: string; fields?: Record<string, string> } | { help?: never; fields: Record<string, string> }

export type ProblemDetails = NextStep & {
  /** What exactly, in a sentence. */
  detail?: string
  sealRequestId?: string
  link?: string
  expiresAt?: number
  requires?: NonNullable<Problem['requires']>
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

  constructor(status: number, code: string, title: string, details: ProblemDetails) {
    super(title, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = status
    this.code = code
    this.details = details
  }
}

/** The same whether there is nothing, or nothing for whoever asks: it must not tell which. */
const whereToLook = 'Check the address or the name, or ask whoever gave it to you whether you have access.'

export const notFound = (what = 'This'): ProblemError =>
  new ProblemError(404, 'not-found', `${what} does not exist, or you may not see it.`, { help: whereToLook })

/** Of an address that no route has. */
export const nothingHere = (): ProblemError =>
  new ProblemError(404, 'not-found', 'There is nothing at this address.', { help: whereToLook })

export const tryAgain = 'Try again. If it happens again, tell whoever runs this server.'

/** What nobody foresaw. */
export const unexpected = (cause?: unknown): ProblemError =>
  new ProblemError(500, 'internal', 'Something went wrong here. It has been logged.', { help: tryAgain, cause })

/** What is no request of any kind that is known here. */
export const unreadable = (status = 400, title = 'This request cannot be read.'): ProblemError =>
  new ProblemError(status, 'bad-request', title, {
    help: 'If a page of this server sent it, reload that page. Otherwise check how it was put together.',
  })

/** Where what was asked for is so already, or over. */
export const nothingLeft = 'There is nothing left to do.'

/** Where somebody else was faster. */
export const lookAgain = 'Look at it again.'

export const conflict = (code: string, title: string, details: ProblemDetails): ProblemError =>
  new ProblemError(409, code, title, details)

/** @param sentence what the field has to be, or what to put there instead */
export const invalid = (field: string, sentence: string): ProblemError =>
  new ProblemError(422, 'invalid-input', sentence, { fields: { [field]: sentence } })

export const forbidden = (title: string, help: string): ProblemError =>
  new ProblemError(403, 'not-allowed', title, { help })

/** Where there is room for one line alone. */
export const inOneLine = ({ message, details }: ProblemError): string =>
  [message, details.help].filter(Boolean).join(' ')

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
