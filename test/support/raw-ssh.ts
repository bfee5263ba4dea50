import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Client, ClientChannel, ConnectConfig } from 'ssh2'
import { string } from '../../src/protocols/ssh/wire.ts'
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
    _kex: { sessionID: Buffer }
    rekey(): void
  }
}

function newClient(): Client {
  // The server's patched one: both run in this process.
  loadSsh2()
  const { Client: SshClient } = createRequire(import.meta.url)('ssh2') as { Client: new () => Client }
  return new SshClient()
}

const insides = (client: Client): Insides['_protocol'] => (client as unknown as Insides)._protocol

function send(client: Client, payload: Buffer): void {
  const { _packetRW: packets, _cipher: cipher } = insides(client)
  const packet = packets.write.alloc(payload.length)
  packet.set(payload, packets.write.allocStart)
  cipher.encrypt(packets.write.finalize(packet))
}

const algorithms: NonNullable<ConnectConfig['algorithms']> = {
  kex: ['curve25519-sha256'],
  cipher: ['aes128-gcm@openssh.com'],
}

export async function connectRaw(port: number, keyFile: string, config: ConnectConfig = {}): Promise<RawSsh> {
  const client = newClient()
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.on('error', () => undefined)
  const ready = once(client, 'ready')
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'git',
    privateKey: await readFile(keyFile),
    algorithms,
    ...config,
  })
  await ready
  return {
    client,
    closed,
    send: (payload) => send(client, payload),
    rekey: () => insides(client).rekey(),
  }
}

/** A connection on which keys are exchanged and nobody has proven anything, and what was said on it. */
export async function connectUnproven(port: number) {
  const client = newClient()
  const lines: string[] = []
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  let tell = (): void => {}
  let tries = 0
  client
    .on('error', () => undefined)
    .connect({
      host: '127.0.0.1',
      port,
      username: 'git',
      algorithms,
      debug(line) {
        lines.push(line)
        tell()
      },
      authHandler(_left, _isPartial, next) {
        tries += 1
        // After the answer to the first, nothing is asked any more.
        if (tries === 1) next('none')
        else resolve()
      },
    })
  await begun
  const count = (pattern: RegExp): number =>
    lines.filter((line) => line.includes('Inbound') && pattern.test(line)).length
  const heard = (pattern: RegExp): Promise<void> =>
    new Promise((done) => {
      tell = () => (count(pattern) > 0 ? done() : undefined)
      tell()
    })
  return { client, send: (payload: Buffer) => send(client, payload), heard: Object.assign(heard, { lines: count }) }
}

const USERAUTH_REQUEST = 50

/** One login by a kind of signature that no client of today makes (RFC 4252 §7), and what was said about it. */
export async function comeRaw(
  port: number,
  shown: { algorithm: string; publicKey: Buffer; sign(signedBytes: Buffer): Buffer },
): Promise<{ isIn: boolean; said: string }> {
  const client = newClient()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let said = ''
  client
    .on('error', () => undefined)
    .on('banner', (text) => (said += text))
    .once('ready', () => resolve(true))
    .once('close', () => resolve(false))
  const request = (): Buffer =>
    Buffer.concat([
      Buffer.of(USERAUTH_REQUEST),
      ...['git', 'ssh-connection', 'publickey'].map((word) => string(word)),
      Buffer.of(1),
      string(shown.algorithm),
      string(shown.publicKey),
    ])
  let tries = 0
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'git',
    algorithms,
    authHandler(_left, _isPartial, next) {
      tries += 1
      // ssh2 must have begun something that may fail.
      if (tries === 1) return next('none')
      if (tries > 2) return void client.end()
      const body = request()
      const signature = shown.sign(Buffer.concat([string(insides(client)._kex.sessionID), body]))
      send(client, Buffer.concat([body, string(signature)]))
    },
  })
  const isIn = await promise
  client.end()
  return { isIn, said }
}

export const openSession = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) =>
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error))),
  )
