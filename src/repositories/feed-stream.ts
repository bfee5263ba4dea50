import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { releaseChunk } from './release-chunk.ts'

// Pausing and resuming a socket for each chunk costs as much as moving it (measured); git reads slower than we do.
const maxWaitingBytes = 1024 ** 2

/**
 * Like `feed`, for a stream that nobody reads: without a promise for each chunk, of which a pack has thousands. A target
 * that stops reading is no failure: the rest of the source is read and dropped, so that a request is never cut off under
 * its answer. A source that breaks destroys the target. The source's chunks are used up.
 */
export async function feedStream(source: Readable, target: Writable): Promise<void> {
  const onData = (chunk: Buffer): void => {
    if (target.destroyed || target.writableEnded) return
    const isKeepingUp = target.write(chunk, () => releaseChunk(chunk))
    if (!isKeepingUp && target.writableLength >= maxWaitingBytes) source.pause()
  }
  const goOn = (): void => void source.resume()
  source.on('data', onData)
  target.on('drain', goOn)
  target.once('close', goOn)
  goOn()
  try {
    await finished(source, { writable: false })
    target.end()
  } catch (error) {
    target.destroy()
    throw error
  } finally {
    source.off('data', onData)
    target.off('drain', goOn)
    target.off('close', goOn)
  }
}
