import { connect, type Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { finishIn } from './speak-tls.ts'

const bufferBytes = 256 * 1024
/** Of all connections: what arrives in it is copied out before anything else can be read. */
const shared = Buffer.allocUnsafeSlow(bufferBytes)

/**
 * Connects without TLS. Node otherwise makes 64 KB for each reading, however little there is to read, and the collecting
 * of that costs more than the carrying of a small answer.
 */
export const connectPlain =
  (timeoutMs: number): buildConnector.connector =>
  ({ hostname, port }, done) => {
    const socket: Socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || 80,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      onread: {
        buffer: shared,
        callback: (length, buffer) => socket.push(Buffer.from((buffer as Buffer).subarray(0, length))),
      },
    })
    finishIn(timeoutMs, socket, 'connect', done)
  }
