import { once } from 'node:events'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'

/** By name in small letters. */
export type Fields = Map<string, string[]>

/** A request as a proxy reads it before anything of its configuration counts. */
export interface Going {
  method: string
  /** Path and query. */
  url: string
  /** With its port. */
  host: string
  fields: Fields
  /** Of the client. */
  address: string
}

export interface Answered {
  status: number
  fields: Fields
  body: Buffer
}

/** On to a server on this machine, or answered by the proxy itself. */
export type Decided = { to: number; url: string; fields: Fields } | Answered

/**
 * What stands in for a proxy that cannot be had here: it reads the configuration of its guide, and does with it what the
 * documentation of that proxy says. So a test with it shows that the two fit, and nothing about the proxy itself.
 */
export async function startStandIn(
  edge: number,
  decide: (going: Going) => Promise<Decided> | Decided,
): Promise<AsyncDisposable> {
  const isSocket = ({ headers }: IncomingMessage): boolean => /\bwebsocket\b/i.test(headers.upgrade ?? '')
  const server = createServer({ shouldUpgradeCallback: isSocket })
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    const answer = ({ status, fields, body }: Answered): void => {
      response.writeHead(status, headersOf(fields)).end(body)
    }
    handle(incoming, answer).catch(() => response.destroy())
  })
  const taken = new Set<Duplex>()
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    taken.add(socket.on('error', () => socket.destroy()))
    const answer = ({ status, body }: Answered): void => {
      socket.end(
        `HTTP/1.1 ${status} No\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
      )
    }
    handle(incoming, answer, socket).catch(() => socket.destroy())
  })
  server.listen(edge, '127.0.0.1')
  await once(server, 'listening')

  async function handle(incoming: IncomingMessage, answer: (of: Answered) => void, socket?: Duplex): Promise<void> {
    const going = read(incoming)
    const decided = await decide(going)
    if (!('to' in decided)) return answer(decided)
    const { to, url, fields } = decided
    const body = socket === undefined ? await buffer(incoming) : Buffer.alloc(0)
    const asked = ask({ port: to, method: going.method, url, fields })
    asked.on('upgrade', ({ headers }, upstream, head) => {
      if (socket === undefined) {
        upstream.destroy()
        return answer({ status: 502, fields: new Map(), body: Buffer.alloc(0) })
      }
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(head)
      upstream.on('error', () => socket.destroy()).pipe(socket)
      socket.once('close', () => upstream.destroy()).pipe(upstream)
    })
    asked.end(body)
    const [response] = (await Promise.race([once(asked, 'response'), once(asked, 'upgrade')])) as [IncomingMessage]
    if (response.statusCode !== 101) answer(await readAnswer(response))
  }

  return {
    async [Symbol.asyncDispose]() {
      for (const socket of taken) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Asks and waits for the whole answer. */
export async function askWhole(of: Parameters<typeof ask>[0]): Promise<Answered> {
  const asked = ask(of).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return readAnswer(response)
}

const ask = ({ port, method, url, fields }: { port: number; method: string; url: string; fields: Fields }) =>
  request({ host: '127.0.0.1', port, method, path: url, headers: headersOf(fields), agent: false })

const readAnswer = async (response: IncomingMessage): Promise<Answered> => ({
  status: response.statusCode ?? 0,
  fields: fieldsOf(response),
  body: await buffer(response),
})

const fieldsOf = ({ headersDistinct }: IncomingMessage): Fields => new Map(Object.entries(headersDistinct as object))

const headersOf = (fields: Fields): OutgoingHttpHeaders =>
  Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))

/** A whole address in the first line says where to, whatever `Host` says: RFC 9112 §3.2.2. */
function read(incoming: IncomingMessage): Going {
  const { method = '', url = '', headers, socket } = incoming
  const [, named, rest] = /^https?:\/\/([^/]*)(.*)$/.exec(url) ?? []
  const address = socket.remoteAddress ?? ''
  return { method, url: rest ?? url, host: named ?? headers.host ?? '', fields: fieldsOf(incoming), address }
}

/** As every proxy does with what is between it and one neighbour alone, RFC 9110 §7.6.1. */
export function withoutHops(fields: Fields): Fields {
  const hops = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']
  return new Map([...fields].filter(([name]) => !hops.includes(name)))
}

/** @throws where something stands in it that the stand-in knows nothing of */
export function checkKnown(place: string, found: object, known: readonly string[]): void {
  for (const name of Object.keys(found)) if (!known.includes(name)) throw new Error(`${place} has no option ${name}`)
}
