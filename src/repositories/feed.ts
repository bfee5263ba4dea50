import type { Writable } from 'node:stream'
import { releaseChunk } from './release-chunk.ts'

/**
 * Writes a source into a stream at the stream's pace. A stream that stops reading is no failure: the rest of the source
 * is read and dropped, so that a request is never cut off under its answer. A source that breaks destroys the stream.
 * The source's chunks are used up.
 */
export async function feed(source: AsyncIterable<Uint8Array>, target: Writable): Promise<void> {
  try {
    for await (const chunk of source) {
      if (target.destroyed || target.writableEnded || target.write(chunk, () => releaseChunk(chunk))) continue
      await drained(target)
    }
    target.end()
  } catch (error) {
    target.destroy()
    throw error
  }
}

function drained(target: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  target.once('drain', resolve)
  target.once('close', resolve)
  return promise.finally(() => {
    target.off('drain', resolve)
    target.off('close', resolve)
  })
}
