import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { ProblemError } from '../../http/problem.ts'

/** Its bytes, or those that a `Range` asks for: a client goes on where it was cut off. RFC 9110 §14 */
export function sendLfsObject(
  reply: FastifyReply,
  { handle, size }: { handle: FileHandle; size: number },
): FastifyReply {
  const range = findRange(reply.request.headers.range, size)
  reply.header('accept-ranges', 'bytes')
  if (range === 'none') {
    void handle.close()
    throw new ProblemError(416, 'range', `This file has ${size} bytes.`, {
      help: 'Ask for a part that it has.',
      headers: { 'content-range': `bytes */${size}` },
    })
  }
  const { from, to } = range ?? { from: 0, to: size - 1 }
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${from}-${to}/${size}`)
  reply.header('content-length', to - from + 1)
  // Streams take no end before their start: an empty file. Where the headers alone are asked for, all of a stream is read
  // to be thrown away, and counted by nobody.
  if (size === 0 || reply.request.method === 'HEAD') {
    void handle.close()
    return reply.send(Readable.from([]))
  }
  return reply.send(handle.createReadStream({ start: from, end: to }))
}

/** One range from a beginning; whatever else is asked for is answered with the whole, as a server may. */
function findRange(header: string | undefined, size: number): { from: number; to: number } | 'none' | undefined {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined) return undefined
  const from = Number(first)
  const to = last === undefined || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (from >= size) return 'none'
  return to < from ? undefined : { from, to }
}
