import type { Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { hashSecret } from '../http/secret.ts'
import type { TokenScope } from './shapes.ts'
import { newTokenSecret, type TokenSecret } from './token-secret.ts'

/** Makes a short token for a machine, in the transaction of what it has proven. The secret is kept only as a hash. */
export async function issueToken(
  tx: Tx<'apiToken'>,
  token: {
    userId: Id<'usr'>
    name: string
    scopes: readonly TokenScope[]
    repositoryId: Id<'rep'>
    at: number
    expiresAt: number
  },
): Promise<{ id: Id<'tok'>; secret: TokenSecret }> {
  const id = newId('tok')
  const secret = newTokenSecret()
  await tx
    .insertInto('apiToken')
    .values({
      id,
      userId: token.userId,
      madeBy: null,
      name: token.name,
      secretHash: hashSecret(secret),
      scopes: JSON.stringify(token.scopes),
      repositoryIds: JSON.stringify([token.repositoryId]),
      createdAt: token.at,
      expiresAt: token.expiresAt,
      lastUsedAt: null,
      endedAt: null,
    })
    .execute()
  return { id, secret }
}

/** Ends these of a machine's tokens, or all of them. */
export async function endMachineTokens(
  tx: Tx<'apiToken'>,
  { userId, ids, at }: { userId: Id<'usr'>; ids?: readonly Id<'tok'>[]; at: number },
): Promise<void> {
  let query = tx.updateTable('apiToken').set({ endedAt: at }).where('userId', '=', userId).where('endedAt', 'is', null)
  if (ids !== undefined) query = query.where('id', 'in', ids)
  await query.execute()
}

const keptMs = 30 * 24 * 3_600_000

/** A machine makes many, and the ledger remembers them: those that expired a month ago go. */
export async function forgetExpiredTokens(tx: Tx<'apiToken'>, userId: Id<'usr'>, at: number): Promise<void> {
  await tx
    .deleteFrom('apiToken')
    .where('userId', '=', userId)
    .where('expiresAt', '<', at - keptMs)
    .execute()
}
