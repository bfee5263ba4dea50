import type { Config } from '../config.ts'
import type { Database } from '../database/handles.ts'
import { loadSecretKey } from '../secrets/secret-key.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { loadHostKey } from '../ssh/host-key.ts'
import { viewOf } from '../ssh/routes.ts'
import type { SshView } from '../ssh/shapes.ts'

/** What a running server says of its host key, where none runs on this data folder. */
export async function readHostKey(config: Config, database: Database): Promise<SshView | null> {
  if (config.sshPort === null) return null
  const key = await loadSecretKey(config.secretKey, config.dataFolder)
  const hostKey = await loadHostKey(await createSecrets({ database, key, now: Date.now }))
  return viewOf(hostKey, config.sshAddress ?? { host: config.rpId, port: config.sshPort })
}
