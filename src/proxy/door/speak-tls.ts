import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, rootCertificates, type TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import type { Route } from '../route.ts'

/**
 * Begins TLS with the upstream of a route, whose certificate must be for its own name or the one that the route says.
 * @param over an open connection to it; without one it is dialled from here
 */
export function speakTls(
  { settings: { upstream, tls } }: Route,
  { timeoutMs, over }: { timeoutMs: number; over?: Duplex },
  done: buildConnector.Callback,
): void {
  const { hostname, port } = new URL(upstream)
  const host = hostname.replace(/^\[|\]$/g, '')
  // RFC 6066 §3: an address is no server name; its certificate is looked at all the same.
  const servername = tls?.serverName ?? (isIP(host) === 0 ? host : undefined)
  let socket: TLSSocket
  try {
    socket = connect({
      host,
      ...(over === undefined ? { port: Number(port) || 443 } : { socket: over }),
      ...(servername === undefined ? {} : { servername }),
      ...(tls?.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }),
      ALPNProtocols: ['http/1.1'],
    })
  } catch (error) {
    done(error as Error, null)
    return
  }
  socket.setNoDelay(true).setKeepAlive(true, 60_000)
  finishIn(timeoutMs, socket, 'secureConnect', done)
}

/** Hands a connection on when it stands, or what kept it from that. */
export function finishIn(
  timeoutMs: number,
  socket: Socket,
  event: 'connect' | 'secureConnect',
  done: buildConnector.Callback,
): void {
  const late = setTimeout(
    () => socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })),
    timeoutMs,
  )
  const onError = (error: Error): void => {
    clearTimeout(late)
    done(error, null)
  }
  socket.once('error', onError)
  socket.once(event, () => {
    clearTimeout(late)
    socket.off('error', onError)
    done(null, socket)
  })
}
