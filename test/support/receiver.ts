import { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  path: string
}

export interface Receiver extends AsyncDisposable {
  /** On 127.0.0.1; ends with `/`. */
  url: string
  port: number
  received: Received[]
  /** The next request that has not been read by `next`. */
  next(): Promise<Received>
  /** How it answers from now on; until then with 204. */
  answer(with_: (response: ServerResponse, request: Received) => void): void
  /** Requests without an answer at this moment, and the most there ever were. */
  open: number
  mostOpen: number
}

/** A program that webhooks are sent to. */
export async function startReceiver(): Promise<Receiver> {
  let answer: Parameters<Receiver['answer']>[0] = (response) => response.writeHead(204).end()
  const waiting: ((request: Received) => void)[] = []
  let read = 0
  const server = createServer(async (incoming, response) => {
    receiver.open += 1
    receiver.mostOpen = Math.max(receiver.mostOpen, receiver.open)
    response.on('close', () => (receiver.open -= 1))
    const request = { headers: incoming.headers, body: await text(incoming), path: incoming.url ?? '' }
    receiver.received.push(request)
    waiting.shift()?.(request)
    answer(response, request)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/`,
    port,
    received: [],
    open: 0,
    mostOpen: 0,
    async next() {
      const request = receiver.received[read++]
      return request ?? new Promise((resolve) => waiting.push(resolve))
    },
    answer(with_) {
      answer = with_
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/** Standard Webhooks 1.0, "Verifying signatures", by WebCrypto and nothing of ours: whether one signature fits. */
export async function isSigned({ headers, body }: Received, secret: string): Promise<boolean> {
  const raw = Uint8Array.from(atob(secret.slice('whsec_'.length)), (char) => char.charCodeAt(0))
  const key = await webcrypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  const signed = new TextEncoder().encode(
    `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`,
  )
  for (const signature of String(headers['webhook-signature']).split(' ')) {
    const [version, value = ''] = signature.split(',')
    const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0))
    if (version === 'v1' && (await webcrypto.subtle.verify('HMAC', key, bytes, signed))) return true
  }
  return false
}
