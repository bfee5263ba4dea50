import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Client, ClientChannel, ConnectConfig } from 'ssh2'
import { loadSsh2 } from '../../src/ssh/ssh2.ts'

/** A client of ssh2 that sends what no client would. */
interface RawSsh {
  client: Client
  /** Resolves when the server has closed the connection. */
  closed: Promise<void>
  /** Any packet, encrypted as the connection is. */
  send(payload: Buffer): void
  rekey(): void
}

interface Insides {
  _protocol: {
    _packetRW: { write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer } }
    _cipher: { encrypt(packet: Buffer): void }
    rekey(): void
  }
}

export async function connectRaw(port: number, keyFile: string, config: ConnectConfig = {}): Promise<RawSsh> {
  // The server's patched one: both run in this process.
  loadSsh2()
  const { Client: SshClient } = createRequire(import.meta.url)('ssh2') as { Client: new () => Client }
  const client = new SshClient()
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.on('error', () => undefined)
  const ready = once(client, 'ready')
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'git',
    privateKey: await readFile(keyFile),
    algorithms: { kex: ['curve25519-sha256'], cipher: ['aes128-gcm@openssh.com'] },
    ...config,
  })
  await ready
  const { _protocol: protocol } = client as unknown as Insides
  return {
    client,
    closed,
    send(payload) {
      const { write } = protocol._packetRW
      const packet = write.alloc(payload.length)
      packet.set(payload, write.allocStart)
      protocol._cipher.encrypt(write.finalize(packet))
    },
    rekey: () => protocol.rekey(),
  }
}

export const openSession = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) =>
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error))),
  )
