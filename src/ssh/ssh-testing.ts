/** For tests only: a door that nobody comes in by. */
import { loadHostKey, type SshHostKey } from './host-key.ts'
import { createSshServer, type SshServer, type SshServerParts } from './ssh-server.ts'

const unused = (): never => {
  throw new Error('nobody comes in')
}

export async function openTestDoor(
  parts: Partial<SshServerParts> = {},
): Promise<{ server: SshServer; hostKey: SshHostKey } & AsyncDisposable> {
  const hostKey = await loadHostKey({ getOrCreate: (_name, create) => Promise.resolve(create()) })
  const server = createSshServer({
    sources: [],
    hostKey,
    transport: unused,
    authenticateLfs: unused,
    connections: { track: unused },
    database: { write: unused },
    origin: 'http://localhost:7400',
    address: unused,
    rateLimit: 100,
    listen: '127.0.0.1',
    port: 0,
    now: Date.now,
    log: unused,
    onRefused: () => undefined,
    ...parts,
  })
  await server.listen()
  return { server, hostKey, [Symbol.asyncDispose]: () => server.close() }
}
