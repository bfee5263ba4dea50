import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/**
 * Whether a key is somebody's: a person's own, also one that ended, or a deploy key. What a key signed and who came in
 * with it must be one answer, so nobody else may ever have it. For what lasts, ask under `lockInstance`.
 */
export async function isKeyTaken(
  db: Db<'sshKey' | 'deployKey'>,
  /** `SHA256:…` */
  fingerprint: string,
  /**
   * Who has shown that they hold it: their ended keys may come back, and a deploy key that never came in gives way
   * (`machines/deploy-keys/yield-to-person.ts`).
   */
  { by }: { by?: Id<'usr'> } = {},
): Promise<boolean> {
  const own = await db
    .selectFrom('sshKey')
    .select('id')
    .where('fingerprint', '=', fingerprint)
    .$if(by !== undefined, (query) =>
      query.where((eb) => eb.or([eb('endedAt', 'is', null), eb('userId', '!=', by as Id<'usr'>)])),
    )
    .executeTakeFirst()
  if (own !== undefined) return true
  const ofRepository = await db
    .selectFrom('deployKey')
    .select('id')
    .where('fingerprint', '=', fingerprint)
    .where('endedAt', 'is', null)
    .$if(by !== undefined, (query) => query.where('lastUsedAt', 'is not', null))
    .executeTakeFirst()
  return ofRepository !== undefined
}
