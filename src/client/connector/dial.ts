import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { heartbeat, tunnelPath, tunnelProtocol } from '../../protocols/tunnel/tunnel-lines.ts'

/** The server said no, and would again. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Where one of several servers of the same address listens. */
export interface Node {
  host: string
  port: number
}

/** Opens one connection to the server that waits for somebody to come. @throws Refused, Error */
export function dial({
  origin,
  node,
  secret,
  ca,
}: {
  origin: string
  node: Node | undefined
  secret: string
  ca: Buffer | undefined
}): Promise<Duplex> {
  const url = new URL(tunnelPath, origin)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      // It answers to its name alone, and shows a certificate of it, wherever it listens.
      ...(node === undefined ? {} : { ...node, servername: url.hostname }),
      headers: {
        host: url.host,
        connection: 'upgrade',
        upgrade: tunnelProtocol,
        authorization: `Bearer ${secret}`,
      },
      timeout: 15_000,
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    })
    asked.once('upgrade', (_answer, socket, head) => {
      socket.setTimeout(0)
      socket.setKeepAlive(true, 30_000)
      socket.setNoDelay(true)
      if (head.length > 0) socket.unshift(head)
      // So that the server knows that its 101 arrived.
      socket.write(heartbeat)
      resolve(socket)
    })
    asked.once('response', ({ statusCode = 0 }) => {
      asked.destroy()
      reject(
        statusCode === 401
          ? new Refused('The server does not know this secret, or the connector was ended.')
          : new Error(`The server answered ${statusCode}; a proxy in front of it must pass on upgrades.`),
      )
    })
    asked.once('timeout', () => asked.destroy(new Error('The server did not answer in 15 seconds.')))
    asked.once('error', reject)
    asked.end()
  })
}
