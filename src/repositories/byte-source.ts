import type { Readable } from 'node:stream'
import { GitError } from './git-error.ts'

export type ByteSource = { line(maxBytes: number): Promise<string>; bytes(count: number): Promise<Buffer> }

/** Reads lines and counted bytes off a stream that stays open. */
export function createByteSource(stream: Readable): ByteSource {
  const chunks: Buffer[] = []
  let buffered = 0
  let wake = (): void => {}
  let ended = false
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    buffered += chunk.length
    wake()
  })
  stream.once('close', () => {
    ended = true
    wake()
  })

  async function more(): Promise<void> {
    if (ended) throw new GitError('git-killed', { detail: 'the stream ended' })
    await new Promise<void>((resolve) => (wake = resolve))
  }
  function take(count: number): Buffer {
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
    chunks.length = 0
    buffered = all.length - count
    if (buffered > 0) chunks.push(all.subarray(count))
    return all.subarray(0, count)
  }
  return {
    async line(maxBytes) {
      for (;;) {
        let offset = 0
        for (const chunk of chunks) {
          const at = chunk.indexOf(0x0a)
          if (at >= 0) return take(offset + at + 1).toString('utf8', 0, offset + at)
          offset += chunk.length
        }
        if (offset > maxBytes) throw new GitError('git-failed', { detail: 'a line without end' })
        await more()
      }
    },
    async bytes(count) {
      while (buffered < count) await more()
      return take(count)
    },
  }
}
