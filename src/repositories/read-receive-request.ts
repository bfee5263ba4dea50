import type { Readable } from 'node:stream'
import { createReceiveParser, type ReceiveRequest, ReceiveRequestError } from '../protocols/git/receive-commands.ts'

/**
 * What a push asks for. The body is read no further than the chunk in which that ends, and left paused: the caller
 * sends `consumed` on before the rest. @throws ReceiveRequestError, and what broke the body
 */
export async function readReceiveRequest(body: Readable): Promise<ReceiveRequest> {
  const parse = createReceiveParser()
  const { promise, resolve, reject } = Promise.withResolvers<ReceiveRequest>()
  const onData = (chunk: Buffer): void => {
    try {
      const request = parse(chunk)
      if (request === undefined) return
      body.pause()
      resolve(request)
    } catch (error) {
      body.pause()
      reject(error)
    }
  }
  const onClose = (): void =>
    reject(new ReceiveRequestError('receive-cut-off', 'The push ended before it said what to update.'))
  body.on('data', onData)
  body.once('end', onClose)
  body.once('close', onClose)
  body.once('error', reject)
  if (body.destroyed) onClose()
  try {
    return await promise
  } finally {
    body.off('data', onData)
    body.off('end', onClose)
    body.off('close', onClose)
    body.off('error', reject)
  }
}
