import { recordEvent } from '../audit/record.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { hashSecret } from '../http/secret.ts'
import { closeRequestsOfToken } from '../seals/withdraw.ts'
import { isTokenSecret } from './token-secret.ts'

/** Ends a token for what was shown of it, whoever showed it; nothing where it has ended already. */
export async function endShownToken(
  tx: Tx<'apiToken' | 'user' | 'sealRequest' | 'auditEvent' | 'auditPersonal'>,
  { id, action, at }: { id: Id<'tok'>; action: 'token.reused' | 'token.given-up'; at: number },
): Promise<void> {
  const ended = await tx
    .updateTable('apiToken')
    .set({ endedAt: at })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returning(['name', 'userId'])
    .executeTakeFirst()
  if (ended === undefined) return
  const owner = await tx.selectFrom('user').select('username').where('id', '=', ended.userId).executeTakeFirst()
  await recordEvent(tx, {
    action,
    actor: null,
    target: { kind: 'token', id },
    facts: { token: ended.name, owner: owner?.username ?? '' },
    at,
  })
  await closeRequestsOfToken(tx, id)
}

/**
 * Whoever has a secret could use it: that is all it takes to end its token, from wherever it was found, and whatever rules
 * say of using it from there. One that waits to take its turn ends the token too.
 */
export async function giveUpToken(database: Database, secret: string, at: number): Promise<void> {
  if (!isTokenSecret(secret)) return
  const secretHash = hashSecret(secret)
  const found = await database.read
    .selectFrom('apiToken')
    .select('id')
    .where((eb) => eb.or([eb('secretHash', '=', secretHash), eb('nextSecretHash', '=', secretHash)]))
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (found === undefined) return
  await database.write((tx) => endShownToken(tx, { id: found.id, action: 'token.given-up', at }))
}
