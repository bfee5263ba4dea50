import { createServer, type Socket } from 'node:net'
import type { OpenConnections } from '../http/open-connections.ts'
import type { SshSource } from '../access-keys/ssh-credential.ts'
import type { Database } from '../database/handles.ts'
import type { LfsAuthenticate } from '../repositories/lfs/ssh-authenticate.ts'
import type { SshTransport } from '../repositories/ssh-transport.ts'
import { algorithms } from './algorithms.ts'
import { serveConnection } from './connection.ts'
import { createDoorLimits, type DoorGuest } from './door-limits.ts'
import type { SshAddress, SshHostKey } from './host-key.ts'
import { createLoginRecord } from './record-login.ts'
import { loadSsh2, type SshConnection } from './ssh2.ts'

export interface SshServerParts {
  /** Whatever a key over SSH may be, in the order in which they are asked. */
  sources: readonly SshSource[]
  hostKey: SshHostKey
  transport: SshTransport
  authenticateLfs: LfsAuthenticate
  connections: Pick<OpenConnections, 'track'>
  database: Pick<Database, 'write'>
  origin: string
  /** Where people reach it. */
  address: () => SshAddress
  /** Connections a minute from one address. */
  rateLimit: number
  listen: string
  /** 0: any that is free. */
  port: number
  now: () => number
  log: (error: unknown, doing: string) => void
  onRefused: () => void
  /** How long somebody may take to prove who they are, a touch included. */
  graceMs?: number
  /** How long a fetch or push may stand still. */
  idleMs?: number
}

export interface SshServer {
  listen(): Promise<void>
  /** Where it listens; 0 before it does. */
  port(): number
  openConnections(): number
  /** Ends every connection; what runs on one has a few seconds to end by itself. */
  close(): Promise<void>
}

const lastWordsMs = 5_000
/** The most that gathers for a client that asks and never reads. */
const mostUnreadBytes = 16 * 1024 ** 2

/**
 * `ssh/` owns listening for SSH, the host key, who came by which key, and carrying git's commands. It never decides what
 * a caller may do: the sources say who it is, `repositories/` what they may.
 */
export function createSshServer(parts: SshServerParts): SshServer {
  const { now, log, graceMs = 60_000, idleMs = 900_000 } = parts
  const limits = createDoorLimits({ perAddress: parts.rateLimit, now, onRefused: parts.onRefused })
  const record = createLoginRecord(parts)
  const { Server } = loadSsh2()
  const ssh = new Server({ hostKeys: parts.hostKey.privateKeys, algorithms, ident: 'Postern' })
  const open = new Map<Socket, { address: string; admitted: (guest: DoorGuest) => boolean; isBusy: () => boolean }>()
  const listener = createServer({ noDelay: true }, (socket) => receive(socket))

  function receive(socket: Socket): void {
    const cut = (): void => void socket.destroy()
    socket.on('error', cut)
    const address = plainAddress(socket.remoteAddress ?? '')
    const place = limits.enter(address, cut)
    if (place === undefined) return cut()
    const grace = setTimeout(cut, graceMs)
    const admitted = (guest: DoorGuest): boolean => {
      const isIn = place.admitted(guest)
      if (isIn) clearTimeout(grace)
      return isIn
    }
    open.set(socket, { address, admitted, isBusy: () => false })
    socket.once('close', () => {
      clearTimeout(grace)
      place.left()
      open.delete(socket)
    })
    // Before ssh2's own listener: it answers whatever it is asked, read or not.
    socket.on('data', () => {
      if (socket.writableLength > mostUnreadBytes) cut()
    })
    ssh.injectSocket(socket)
  }

  ssh.on('connection', (spoken) => {
    const connection = spoken as SshConnection
    const known = open.get(connection.socket)
    if (known === undefined) return
    const { isBusy } = serveConnection({ ...parts, limits, record, idleMs }, connection, known)
    open.set(connection.socket, { ...known, isBusy })
  })

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        listener.once('error', reject)
        listener.listen(parts.port, parts.listen, () => {
          listener.off('error', reject)
          listener.on('error', (error) => log(error, 'listening for SSH'))
          resolve()
        })
      }),
    port() {
      const address = listener.address()
      return address === null || typeof address === 'string' ? 0 : address.port
    },
    openConnections: () => open.size,
    async close() {
      if (!listener.listening) return
      const closed = new Promise((resolve) => listener.close(resolve))
      for (const [socket, { isBusy }] of open) if (!isBusy()) socket.destroy()
      // What waits for a tap has just been told to end, and says so to whoever pushes.
      const patience = setTimeout(() => open.forEach((_, socket) => socket.destroy()), lastWordsMs)
      await closed
      clearTimeout(patience)
    },
  }
}

/** Without IPv6's clothes, so that rules about networks mean the same over both. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
