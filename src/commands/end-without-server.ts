import { accessKinds } from '../composition/access-kinds.ts'
import { createBus } from '../bus/bus.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/handles.ts'
import { createEndAccess } from '../identity/ending/end-access.ts'
import { endByShell } from '../identity/ending/end-by-shell.ts'
import { createReceipts } from '../identity/ending/receipts.ts'
import { loadSecretKey } from '../secrets/secret-key.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { loadSigningKey } from '../secrets/signing-key.ts'

/** The same end where no server runs on this data folder; where others share the database, they hear of it. */
export async function endWithoutServer(
  config: Config,
  database: Database,
  wanted: Parameters<typeof endByShell>[1],
): ReturnType<typeof endByShell> {
  const now = Date.now
  const instance = await database.read.selectFrom('instance').select('origin').executeTakeFirst()
  const origin = instance?.origin ?? config.url.origin
  const secrets = await createSecrets({ database, key: await loadSecretKey(config.secretKey, config.dataFolder), now })
  const key = await loadSigningKey(secrets, 'access-ends')
  const onError = (error: unknown): void => void process.stderr.write(`${String(error)}\n`)
  const bus = createBus({
    onDeaf: () => {},
    database,
    now,
    onError,
  })
  // A node for this moment, on which nothing is open.
  await bus.start()
  try {
    const receipts = createReceipts({ database, bus, key, origin, now, onError })
    return await endByShell({ database, endAccess: createEndAccess(accessKinds, bus), receipts, now }, wanted)
  } finally {
    await bus.close()
  }
}
