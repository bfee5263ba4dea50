import { createServer, type IncomingMessage, request } from 'node:http'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Hold extends AsyncDisposable {
  address: string
  /** Resolves when so much has passed and the rest is kept back. */
  held: Promise<void>
  letGo(): void
}

/**
 * Stands between a client and a server on this machine and keeps back the rest of one body in its middle, until told to
 * let it go: so an operation is under way for as long as a test wants.
 */
export async function startHold(wanted: {
  origin: string
  /** Which exchange; the first that sends more than `bytes` is held, everything else passes. */
  matches: (incoming: IncomingMessage) => boolean
  from: 'client' | 'server'
  bytes: number
}): Promise<Hold> {
  const { host, hostname, port } = new URL(wanted.origin)
  const held = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()

  /** What is read from here on waits as long as the test does: nothing is buffered beyond it. */
  async function* holding(source: Readable): AsyncGenerator<Buffer> {
    let passed = 0
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const room = Math.max(0, wanted.bytes - passed)
      passed += chunk.length
      if (passed <= wanted.bytes) {
        yield chunk
        continue
      }
      if (room > 0) yield chunk.subarray(0, room)
      held.resolve()
      await free.promise
      yield chunk.subarray(room)
    }
  }
  const pass = (source: Readable, sink: Writable, isHeld: boolean): Promise<void> =>
    isHeld ? pipeline(source, holding, sink) : pipeline(source, sink)

  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const matches = wanted.matches(incoming)
    const onward = request({ hostname, port, method, path, headers: { ...headers, host }, agent: false })
    onward.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      pass(response, outgoing, matches && wanted.from === 'server').catch(() => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    pass(incoming, onward, matches && wanted.from === 'client').catch(() => onward.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    address: `http://127.0.0.1:${address.port}`,
    held: held.promise,
    letGo: () => free.resolve(),
    async [Symbol.asyncDispose]() {
      free.resolve()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
