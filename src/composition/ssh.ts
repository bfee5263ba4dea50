import { createLfsAuthenticate } from '../repositories/lfs/ssh-authenticate.ts'
import { createSshTransport } from '../repositories/ssh-transport.ts'
import { loadHostKey } from '../ssh/host-key.ts'
import { viewOf } from '../ssh/routes.ts'
import type { SshView } from '../ssh/shapes.ts'
import { createSshServer } from '../ssh/ssh-server.ts'
import type { Callers } from './callers.ts'
import type { CodeParts } from './code.ts'
import type { Foundations } from './foundations.ts'

export type SshParts = Awaited<ReturnType<typeof openSsh>>

/** The door for git over SSH, where it is not switched off. */
export async function openSsh(base: Foundations, { sshSources, sshBearers }: Callers, { pushing }: CodeParts) {
  const { config, database, secrets, connections, meters, origin, place, now, log } = base
  const hostKey = await loadHostKey(secrets)
  const server =
    config.sshPort === null
      ? undefined
      : createSshServer({
          sources: sshSources,
          hostKey,
          transport: createSshTransport({ ...pushing, db: database.read }),
          authenticateLfs: createLfsAuthenticate({ ...pushing, db: database.read, sshBearers }),
          connections,
          database,
          origin,
          address: () => view() ?? { host: place.rpId, port: 0 },
          rateLimit: config.rateLimit,
          listen: config.sshListen,
          port: config.sshPort,
          now,
          log,
          onRefused: () => meters.rateLimited('ceremony', 'address'),
        })
  /** Where people reach it; null where it is off. */
  const view = (): SshView | null =>
    server === undefined
      ? null
      : viewOf(hostKey, config.sshAddress ?? { host: place.rpId, port: server.port() || (config.sshPort ?? 0) })
  if (server !== undefined) meters.watchSsh(server.openConnections)
  return { server, view }
}
