import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { rootCertificates } from 'node:tls'
import type { Route } from '../route.ts'
import type { ConnectorFor } from './dispatchers.ts'

/** Opens a connection to an upstream inside another network. @param upstream its origin */
export type OpenThrough = (connector: string, upstream: string, timeoutMs: number) => Promise<Duplex>

/** For routes that name a connector: what goes over its connection is ours, TLS too, so that it sees no plain word. */
export const connectThrough =
  (open: OpenThrough): ConnectorFor =>
  ({ settings: { connector, upstream, tls, timeouts } }: Route) => {
    if (connector === undefined) return undefined
    const url = new URL(upstream)
    const timeoutMs = (timeouts?.connectSeconds ?? 5) * 1000
    return (_wanted, done) => {
      open(connector, url.origin, timeoutMs).then(
        (stream) => {
          if (url.protocol === 'http:') return done(null, stream as never)
          const socket = connectTls({
            socket: stream,
            servername: tls?.serverName ?? url.hostname,
            ALPNProtocols: ['http/1.1'],
            ...(tls?.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }),
          })
          const late = setTimeout(
            () => socket.destroy(Object.assign(new Error('no TLS in time'), { code: 'ETIMEDOUT' })),
            timeoutMs,
          )
          const onError = (error: Error): void => {
            clearTimeout(late)
            done(error, null)
          }
          socket.once('error', onError)
          socket.once('secureConnect', () => {
            clearTimeout(late)
            socket.off('error', onError)
            done(null, socket)
          })
        },
        (error: Error) => done(error, null),
      )
    }
  }
