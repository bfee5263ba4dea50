import type { Socket } from 'node:net'
import { ProblemError, renderProblem, unreadable } from './problem.ts'

/** Answers what is not readable as HTTP at all, which no route ever sees. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [phrase, problem] = refusals[error.code ?? ''] ?? ['Bad Request', unreadable()]
  const body = JSON.stringify(renderProblem(problem))
  const headers = [
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`HTTP/1.1 ${problem.status} ${phrase}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}

const refusals: Record<string, [phrase: string, problem: ProblemError]> = {
  HPE_HEADER_OVERFLOW: [
    'Request Header Fields Too Large',
    new ProblemError(431, 'bad-request', 'The address and the headers of this request are longer than can be read.', {
      help: 'In a browser, clear the cookies of this site. In a program, send fewer headers.',
    }),
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    'Request Timeout',
    new ProblemError(408, 'bad-request', 'This request did not come to its end in time.', {
      help: 'Check your connection, and send it again.',
    }),
  ],
}
