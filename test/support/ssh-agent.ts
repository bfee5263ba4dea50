import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestSshKey } from '../../src/protocols/ssh/test-ssh-key.ts'
import { string, u32, WireReader } from '../../src/protocols/ssh/wire.ts'

/** A key that the agent offers: as itself, or as a certificate over it. */
export interface HeldKey {
  key: TestSshKey
  certificate?: Buffer
}

/** An ssh-agent (draft-miller-ssh-agent) that holds software keys, for real `ssh`, `git` and `ssh-keygen`. */
export interface SshAgent extends AsyncDisposable {
  /** For `SSH_AUTH_SOCK`. */
  socket: string
  /** What it offers, in this order; a test may change it at any time. */
  held: HeldKey[]
  /** Fingerprints of the keys that have signed, in order. */
  signed: string[]
}

const FAILURE = Buffer.of(5)
const SUCCESS = Buffer.of(6)
const REQUEST_IDENTITIES = 11
const SIGN_REQUEST = 13
const EXTENSION = 27
const RSA_SHA2_256 = 2

export async function startSshAgent(...keys: TestSshKey[]): Promise<SshAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-agent-'))
  const socket = join(folder, 'agent')
  const agent = { socket, held: keys.map((key): HeldKey => ({ key })), signed: [] as string[] }
  const open = new Set<Socket>()
  const server = createServer((client) => {
    open.add(client)
    client.on('close', () => open.delete(client)).on('error', () => client.destroy())
    serve(client, (request) => answer(agent, request))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  await chmod(socket, 0o600)
  return Object.assign(agent, {
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy()
      await closed(server)
      await rm(folder, { recursive: true, force: true })
    },
  })
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()))

/** Requests and answers are strings, one after the other. */
function serve(client: Socket, reply: (request: Buffer) => Buffer): void {
  let waiting = Buffer.alloc(0)
  client.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE()) {
      const end = 4 + waiting.readUInt32BE()
      client.write(string(reply(waiting.subarray(4, end))))
      waiting = waiting.subarray(end)
    }
  })
}

function answer(agent: Pick<SshAgent, 'held' | 'signed'>, request: Buffer): Buffer {
  const reader = new WireReader(request)
  const type = reader.u8()
  if (type === REQUEST_IDENTITIES) {
    const listed = agent.held.map((one) => Buffer.concat([string(offered(one)), string(one.key.comment)]))
    return Buffer.concat([Buffer.of(12), u32(listed.length), ...listed])
  }
  if (type === SIGN_REQUEST) {
    const [blob, message, flags] = [reader.string(), reader.string(), reader.u32()]
    const found = agent.held.find((one) => offered(one).equals(blob))
    if (found === undefined) return FAILURE
    agent.signed.push(found.key.fingerprint)
    const algorithm = flags & RSA_SHA2_256 ? 'rsa-sha2-256' : 'rsa-sha2-512'
    return Buffer.concat([Buffer.of(14), string(found.key.sign(message, algorithm))])
  }
  // The client says which connection it is about to sign for; nothing here depends on it.
  return type === EXTENSION && reader.text() === 'session-bind@openssh.com' ? SUCCESS : FAILURE
}

const offered = ({ key, certificate }: HeldKey): Buffer => certificate ?? key.publicKey
