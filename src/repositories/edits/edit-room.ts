import type { FastifyReply, FastifyRequest } from 'fastify'
import { createSlots } from '../git-slots.ts'
import { holderOf } from '../stream-holder.ts'

/** What any other address takes is no burden. */
const smallBytes = 1024 ** 2
const mostBodies = 8
const mostAtOnce = 4

/**
 * How many edits a server takes at once: each lies whole in its memory, some times over, and a body may take minutes to
 * come. However many of one account come, there is room for others; the rest wait for their turn, with nothing of theirs
 * read.
 */
export function createEditRoom() {
  const bodies = createSlots(mostBodies, 'long')
  const work = createSlots(mostAtOnce)
  return {
    /** Before a body is read: a large one has its place until the answer has left, or whoever sends it is gone. */
    async forBody(request: FastifyRequest, { raw }: FastifyReply): Promise<void> {
      const { 'content-length': announced } = request.headers
      if (request.raw.complete || Number(announced ?? Infinity) <= smallBytes) return
      const place = await bodies.take(holderOf(request))
      if (raw.closed) place[Symbol.dispose]()
      else raw.once('close', () => place[Symbol.dispose]())
    },
    forWork: (request: FastifyRequest): Promise<Disposable> => work.take(holderOf(request)),
  }
}
