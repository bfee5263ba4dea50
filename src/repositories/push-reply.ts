import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ReceiveRequest } from '../protocols/git/receive-commands.ts'
import { isBanded } from '../protocols/git/report-status.ts'
import { createWholeCharacters, type WholeCharacters } from '../protocols/git/whole-characters.ts'
import type { GitProcess } from './git.ts'
import type { GitAnswer } from './git-answer.ts'

const asItIs: WholeCharacters = { take: (chunk) => chunk, rest: () => Buffer.alloc(0) }

/** git's words go to the pusher as they come, until `hold`: what it reports after the verdict, `held`, waits for transaction 2. */
export function createPushReply(
  process: GitProcess,
  { stream, start }: GitAnswer,
  request: Pick<ReceiveRequest, 'capabilities'>,
): { hold: () => void; ended: Promise<{ all: Buffer; held: Buffer }> } {
  start()
  const all: Buffer[] = []
  const held: Buffer[] = []
  let isHeld = false
  const { take, rest } = isBanded(request) ? createWholeCharacters() : asItIs
  const goOn = (chunk: Buffer): void => {
    if (isHeld) held.push(chunk)
    else if (chunk.length > 0 && !stream.destroyed && !stream.writableEnded) stream.write(chunk)
  }
  async function read(): Promise<{ all: Buffer; held: Buffer }> {
    try {
      for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
        all.push(chunk)
        goOn(take(chunk))
      }
    } catch {
      // git was killed: `exited` tells, and what it did is asked of the refs.
    }
    goOn(rest())
    return { all: Buffer.concat(all), held: Buffer.concat(held) }
  }
  return { hold: () => (isHeld = true), ended: read() }
}

export function endPushReply({ stream, start }: GitAnswer, bytes: Buffer): void {
  start()
  stream.end(bytes)
}

/** How much of a refused push is read to its end before the connection is simply closed. */
const maxDroppedBytes = 1024 ** 3

/**
 * The whole answer while the pack still comes: its sentences show at once. The pack is read and dropped, because stock
 * git takes an answer that ends early for an invitation to send the rest as another request.
 */
export async function answerBeforeBody({ stream, start }: GitAnswer, bytes: Buffer, body: Readable): Promise<void> {
  start()
  stream.write(bytes)
  let dropped = 0
  body.on('data', (chunk: Buffer) => {
    dropped += chunk.length
    if (dropped > maxDroppedBytes) stream.destroy()
  })
  body.resume()
  try {
    await finished(body, { writable: false })
  } catch (error) {
    if (dropped > maxDroppedBytes) return
    throw error
  }
  stream.end()
}
