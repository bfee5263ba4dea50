import type { IncomingMessage } from 'node:http'
import { CompactBytes } from './compact-bytes.ts'

/** What is smaller is put together with what comes beside it. */
const leastBytes = 1024

/**
 * Keeps a body from coming in crumbs: Node makes a part of each chunk, however small whoever sends it made them, and one
 * of a single byte costs hundreds where it waits to be read, or is put together with others.
 */
export function gatherParts(request: IncomingMessage): void {
  // All others come in parts as they were read.
  if (request.headers['transfer-encoding'] === undefined) return
  const push = request.push.bind(request)
  let held: CompactBytes | undefined
  const handOn = (): void => {
    const bytes = held?.bytes()
    held = undefined
    if (bytes !== undefined) push(bytes)
  }
  request.push = (part: Buffer | null): boolean => {
    if (part === null || part.length >= leastBytes) {
      handOn()
      return push(part)
    }
    // When all that was read with it has come.
    if (held === undefined) setImmediate(handOn)
    held ??= new CompactBytes()
    held.add(part)
    return request.readableLength + held.length < request.readableHighWaterMark
  }
}
