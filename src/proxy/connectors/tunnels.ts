import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OpenConnections } from '../../http/open-connections.ts'
import { ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import {
  heartbeat,
  heartbeatMs,
  parseLine,
  readLines,
  renderLine,
  silenceMs,
  tunnelProtocol,
} from '../../protocols/tunnel/tunnel-lines.ts'
import { isConnectorSecret } from './connector-secret.ts'

export interface Tunnels {
  /** Takes a connection that asks to become a tunnel, at `tunnelPath` of our own host. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): Promise<void>
  /**
   * A connection to an upstream inside the network of a connector. What goes over it is the caller's, TLS too.
   * @param upstream its origin: scheme, host and port
   * @throws TunnelUnavailable
   */
  open(connector: string, upstream: string, timeoutMs: number): Promise<Duplex>
  /** How many connections of it wait here for somebody to come. */
  countWaiting(connector: string): number
  close(): void
}

/** Nobody gets through; `message` is for the log and the console, never for whoever asked. */
export class TunnelUnavailable extends Error {
  override readonly name = 'TunnelUnavailable'
}

interface Waiting {
  socket: Duplex
  heardAt: number
  /** Told the next line that is no heartbeat. */
  onLine: ((line: string) => void) | undefined
}

const mostWaiting = 64
const minuteMs = 60_000

/**
 * Connectors dial in and wait; each waiting connection carries one connection to an upstream, from end to end. So
 * nothing is multiplexed here, and back-pressure is the sockets' own.
 */
export function createTunnels(parts: {
  database: Pick<Database, 'read' | 'write'>
  connections: Pick<OpenConnections, 'track'>
  /** Counts what an address has shown in vain. @throws 429 where that was too much */
  countFailure: (address: string) => Promise<void>
  now: () => number
  onError: (error: unknown) => void
}): Tunnels {
  const { database, connections, countFailure, now, onError } = parts
  const waiting = new Map<string, Set<Waiting>>()
  /** Of those who came while none was waiting. */
  const queues = new Map<string, Set<(taken: Waiting) => void>>()

  const beats = setInterval(() => {
    for (const each of [...waiting.values()].flatMap((set) => [...set]))
      if (performance.now() - each.heardAt > silenceMs) each.socket.destroy()
      else each.socket.write(heartbeat)
  }, heartbeatMs).unref()

  function leave(name: string, one: Waiting): void {
    const set = waiting.get(name)
    set?.delete(one)
    if (set?.size === 0) waiting.delete(name)
  }

  function park(name: string, id: Id<'con'>, socket: Duplex): void {
    const one: Waiting = { socket, heardAt: performance.now(), onLine: undefined }
    const untrack = connections.track([id], () => socket.destroy())
    // A server's sockets stay half open: a connector that has left would seem to wait.
    socket.allowHalfOpen = false
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      untrack()
      leave(name, one)
    })
    readLines(socket, (line) => {
      one.heardAt = performance.now()
      if (line === '') return false
      // Nobody asked it anything: it is no connector of ours that speaks.
      if (one.onLine === undefined) socket.destroy()
      else one.onLine(line)
      return true
    })
    const [first] = queues.get(name) ?? []
    if (first !== undefined) return first(one)
    const set = waiting.get(name) ?? new Set()
    if (set.size >= mostWaiting) return void socket.destroy()
    waiting.set(name, set.add(one))
  }

  function take(name: string, timeoutMs: number): Promise<Waiting> {
    for (const one of waiting.get(name) ?? []) {
      leave(name, one)
      if (!one.socket.destroyed) return Promise.resolve(one)
    }
    return new Promise((resolve, reject) => {
      const queue = queues.get(name) ?? new Set()
      queues.set(name, queue)
      const done = (): void => {
        clearTimeout(timer)
        queue.delete(mine)
        if (queue.size === 0) queues.delete(name)
      }
      const mine = (one: Waiting): void => {
        done()
        resolve(one)
      }
      const timer = setTimeout(() => {
        done()
        reject(new TunnelUnavailable(`the connector ${name} is not connected`))
      }, timeoutMs)
      queue.add(mine)
    })
  }

  return {
    async accept(request, socket, head, address) {
      // A server's sockets stay half open: whoever is refused and stays would hold theirs for ever.
      const refuse = (status: string, headers: Readonly<Record<string, string>> = {}): void => {
        const said = Object.entries({ 'content-length': '0', connection: 'close', ...headers })
        const head = said.map(([name, value]) => `${name}: ${value}\r\n`).join('')
        socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n`, () => socket.destroy())
      }
      socket.on('error', () => socket.destroy())
      try {
        if (request.headers.upgrade?.toLowerCase() !== tunnelProtocol) return refuse('400 Bad Request')
        const [, secret = ''] = /^Bearer ([\w-]{1,200})$/i.exec(request.headers.authorization ?? '') ?? []
        const row = isConnectorSecret(secret) ? await findBySecret(database, secret) : undefined
        if (row === undefined) {
          await countFailure(address)
          return refuse('401 Unauthorized')
        }
        const at = now()
        if (row.lastSeenAt === null || at - row.lastSeenAt >= minuteMs || row.lastSeenFrom !== address)
          await database.write((tx) =>
            tx
              .updateTable('connector')
              .set({ lastSeenAt: at, lastSeenFrom: address })
              .where('id', '=', row.id)
              .execute(),
          )
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: ${tunnelProtocol}\r\nconnection: upgrade\r\n\r\n`)
        if (head.length > 0) socket.unshift(head)
        park(row.name, row.id, socket)
        // It may have ended between the look and the parking, where no cut would have found it.
        if ((await findBySecret(database, secret)) === undefined) socket.destroy()
      } catch (error) {
        if (error instanceof ProblemError && error.status === 429)
          return refuse('429 Too Many Requests', error.details.headers)
        onError(error)
        socket.destroy()
      }
    },

    async open(connector, upstream, timeoutMs) {
      const one = await take(connector, timeoutMs)
      const { socket } = one
      return new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          clearTimeout(timer)
          socket.destroy()
          reject(new TunnelUnavailable(why))
        }
        const timer = setTimeout(() => fail(`the connector ${connector} did not reach ${upstream} in time`), timeoutMs)
        const onClose = (): void => fail(`the connector ${connector} left`)
        socket.once('close', onClose)
        one.onLine = (line) => {
          socket.off('close', onClose)
          try {
            const { ok, why } = parseLine(line)
            if (ok !== true)
              return fail(`the connector ${connector}: ${typeof why === 'string' ? why.slice(0, 200) : ''}`)
          } catch {
            return fail(`the connector ${connector} said something else`)
          }
          clearTimeout(timer)
          resolve(socket)
        }
        socket.write(renderLine({ to: upstream }))
      })
    },

    countWaiting: (connector) => waiting.get(connector)?.size ?? 0,

    close() {
      clearInterval(beats)
      for (const each of [...waiting.values()].flatMap((set) => [...set])) each.socket.destroy()
    },
  }
}

const findBySecret = (database: Pick<Database, 'read'>, secret: string) =>
  database.read
    .selectFrom('connector')
    .select(['id', 'name', 'lastSeenAt', 'lastSeenFrom'])
    .where('secretHash', '=', hashSecret(secret))
    .where('endedAt', 'is', null)
    .executeTakeFirst()
