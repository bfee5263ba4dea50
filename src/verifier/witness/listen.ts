import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Witness } from './witness.ts'

const mostBytes = 64 * 1024
const patienceMs = 10_000

export interface Listening extends AsyncDisposable {
  url: string
}

/** Answers `POST /add-checkpoint` at host and port. @throws Error where the place is taken or none */
export async function listen(
  witness: Witness,
  { place, warn }: { place: string; warn: (line: string) => void },
): Promise<Listening> {
  const [, host = '', port] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(place) ?? []
  if (port === undefined) throw new Error(`${place} is no host and port`)
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (request.url !== '/add-checkpoint') return { status: 404, body: 'There is /add-checkpoint here.\n' }
    if (request.method !== 'POST') return { status: 405, body: 'Post to it.\n' }
    const body = await read(request)
    return body === undefined ? { status: 413, body: 'This is too long.\n' } : witness.add(body)
  }
  // Strangers reach it: whoever is slow is sent away.
  const server = createServer(
    { headersTimeout: patienceMs, requestTimeout: patienceMs, connectionsCheckingInterval: 1000 },
    (request, response) => {
      void answer(request)
        .catch((error: Error): Answer => {
          warn(error.message)
          return { status: 500, body: 'It could not be kept. Ask again later.\n' }
        })
        .then(({ status, body, type = 'text/plain; charset=utf-8' }) => {
          const headers = { 'content-type': type, ...(status === 413 ? { connection: 'close' } : {}) }
          response.writeHead(status, headers).end(body)
        })
    },
  )
  server.maxConnections = 500
  server.listen(Number(port), host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Undefined where it is too long. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > mostBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
