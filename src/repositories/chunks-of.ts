import { on } from 'node:events'
import type { Readable } from 'node:stream'

/**
 * A stream's chunks as they came, at the reader's pace. A stream's own iterator copies what has gathered into one,
 * which for a pack costs as much as moving it (measured). Stopping early leaves the stream paused, not destroyed.
 */
export async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    const chunks = on(stream, 'data', { close: ['end'], highWaterMark: 8, lowWaterMark: 2 }) as AsyncIterable<[Buffer]>
    for await (const [chunk] of chunks) yield chunk
  } finally {
    stream.pause()
  }
}
