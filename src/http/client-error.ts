import type { Socket } from 'node:net'
import { ProblemError, renderProblem } from './problem.ts'

/** Answers what is not readable as HTTP at all, which no route ever sees. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, phrase, title] = statuses[error.code ?? ''] ?? [400, 'Bad Request', 'This request cannot be read.']
  const body = JSON.stringify(renderProblem(new ProblemError(status, 'bad-request', title)))
  const headers = [
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`HTTP/1.1 ${status} ${phrase}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}

const statuses: Record<string, [status: number, phrase: string, title: string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'The address and the headers of this request are longer than can be read.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'This request did not come to its end in time.'],
}
