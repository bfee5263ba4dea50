import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inOneLine, ProblemError, tryAgain, unexpected } from '../http/problem.ts'
import type { GitAnswer } from './git-answer.ts'
import { GitError } from './git-error.ts'
import { inAMoment } from './git-problem.ts'

/** git's answer as the answer to an HTTP request. */
export const answerOverHttp = (response: ServerResponse, contentType: string): GitAnswer => ({
  stream: response,
  start: () => startGitReply(response, contentType),
  hasStarted: () => response.headersSent,
})

/** gitprotocol-http, "Smart Clients": no answer may be kept by anything in between. */
export function startGitReply(response: ServerResponse, contentType: string): void {
  response.statusCode = 200
  response.setHeader('content-type', contentType)
  response.setHeader('cache-control', 'no-cache, max-age=0, must-revalidate')
  response.setHeader('pragma', 'no-cache')
  response.setHeader('expires', 'Fri, 01 Jan 1980 00:00:00 GMT')
  response.setHeader('x-content-type-options', 'nosniff')
}

/** Refusals as plain text: git shows them to its user as `remote:` lines, which it does not do with JSON. */
export function sendPlainRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = asRefusal(error)
  if (refusal.status >= 500) request.log.error({ err: error }, 'git request failed')
  return reply
    .code(refusal.status)
    .headers(refusal.details.headers ?? {})
    .type('text/plain; charset=utf-8')
    .send(renderPlain(refusal))
}

/** The same after the reply was taken over from Fastify; once bytes are on their way, only cutting them off is left. */
export function endPlainRefusal(error: unknown, request: FastifyRequest, response: ServerResponse): void {
  const refusal = asRefusal(error)
  // Whoever goes away in the middle, or is cut off because their access ended, is no fault of ours.
  const level = response.destroyed ? 'info' : 'error'
  if (refusal.status >= 500) request.log[level]({ err: error }, 'git request failed')
  if (response.headersSent) return void response.destroy()
  const headers = { ...refusal.details.headers, 'content-type': 'text/plain; charset=utf-8', connection: 'close' }
  response.writeHead(refusal.status, headers).end(renderPlain(refusal))
}

const renderPlain = (refusal: ProblemError): string => `${inOneLine(refusal)}\n`

/** What may be said of an error, over any transport. */
export function asRefusal(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof GitError && error.code === 'git-busy')
    return new ProblemError(503, error.code, error.message, { help: inAMoment, headers: { 'retry-after': '5' } })
  if (error instanceof GitError) return gitTrouble(error)
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) return notGit(status)
  return unexpected(error)
}

/** What git could not do here, whoever asked. */
export const gitTrouble = (error: GitError): ProblemError =>
  new ProblemError(500, error.code, error.message, { help: tryAgain, cause: error })

export const comeWithGit = 'Come here with git, or open the repository in a browser.'

export const notGit = (status = 400): ProblemError =>
  new ProblemError(status, 'bad-request', 'This is not a request that git makes.', { help: comeWithGit })
