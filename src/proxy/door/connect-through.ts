import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectorFor } from './dispatchers.ts'
import { speakTls } from './speak-tls.ts'

/** Opens a connection to an upstream inside another network. @param upstream its origin */
export type OpenThrough = (connector: string, upstream: string, timeoutMs: number) => Promise<Duplex>

/** For routes that name a connector: what goes over its connection is ours, TLS too, so that it sees no plain word. */
export const connectThrough =
  (open: OpenThrough): ConnectorFor =>
  (route) => {
    const { connector, upstream, timeouts } = route.settings
    if (connector === undefined) return undefined
    const { origin, protocol } = new URL(upstream)
    const timeoutMs = (timeouts?.connectSeconds ?? 5) * 1000
    return (_wanted, done) => {
      open(connector, origin, timeoutMs).then(
        (stream) => {
          if (protocol === 'http:') done(null, stream as Socket)
          else speakTls(route, { timeoutMs, over: stream }, done)
        },
        (error: Error) => done(error, null),
      )
    }
  }
