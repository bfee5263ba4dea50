import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { releaseChunk } from './release-chunk.ts'

/**
 * Moves all of a stream into another at its pace, using up the chunks; ending the target is the caller's. In flowing
 * mode, because reading by hand copies what has gathered into one. The target must be done with a chunk when it says so,
 * as sockets and responses are, and a PassThrough is not. @throws what broke the source
 */
export async function pour(source: Readable, target: Writable): Promise<void> {
  source.on('data', (chunk: Buffer) => {
    if (!target.write(chunk, () => releaseChunk(chunk))) source.pause()
  })
  target.on('drain', () => source.resume())
  target.once('close', () => source.destroy())
  await finished(source, { writable: false })
}
