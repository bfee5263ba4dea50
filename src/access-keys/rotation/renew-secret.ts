import type { AuditActor } from '../../audit/entry.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { ApiTokenTable } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import { checkPause } from '../../http/check-pause.ts'
import { hashSecret } from '../../http/secret.ts'
import { newTokenSecret, type TokenSecret } from '../token-secret.ts'

/**
 * Gives a token a new secret and the end that goes with it; what it may stays as it is. The former secret works until the
 * new one is first used (`take-up-next.ts`), or until the overlap is over. A new secret that was never used is replaced
 * and remembered; that prolongs nothing of the former one. @throws 409 where the token has ended, 429 where it is too soon
 */
export async function renewSecret(
  tx: Tx<'apiToken' | 'spentTokenSecret' | 'auditEvent' | 'auditPersonal'>,
  id: Id<'tok'>,
  wanted: {
    expiresAt: number
    overlapMs: number
    /** So long after the last time at the earliest. */
    pauseMs?: number
    /** Who is shown the new secret, of a token that is not their own. */
    madeBy: Id<'usr'> | null
    actor: AuditActor
    at: number
    facts?: Record<string, string>
  },
): Promise<{ row: ApiTokenTable; secret: TokenSecret }> {
  const { overlapMs, pauseMs = 0, madeBy, actor, at, facts } = wanted
  const secret = newTokenSecret()
  // Its row is what two who renew it at once queue for.
  const old = await tx
    .updateTable('apiToken')
    .set((eb) => ({ expiresAt: eb.ref('expiresAt') }))
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .returningAll()
    .executeTakeFirst()
  if (old === undefined) throw conflict('token-ended', 'This token has ended.', { help: 'Make a new one.' })
  if (old.renewedAt !== null) checkPause({ doneAt: old.renewedAt, pauseMs, at }, renewedAlready)
  // Its program may have it all the same: whoever shows it later holds what somebody else renewed.
  if (old.nextSecretHash !== null)
    await tx
      .insertInto('spentTokenSecret')
      .values({ secretHash: old.nextSecretHash, tokenId: id, spentAt: at })
      .execute()
  // Never beyond the day on which its owner's access ends, also where that day is moved later.
  const { endsAt, username } = await tx
    .selectFrom('user')
    .select(['endsAt', 'username'])
    .where('id', '=', old.userId)
    .executeTakeFirstOrThrow()
  const row = await tx
    .updateTable('apiToken')
    .set({
      nextSecretHash: hashSecret(secret),
      nextMadeBy: madeBy,
      renewedAt: at,
      expiresAt: Math.min(wanted.expiresAt, endsAt ?? Infinity),
      secretUntil: Math.min(old.secretUntil ?? Infinity, old.expiresAt, at + overlapMs),
      warnedDays: null,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordEvent(tx, {
    action: 'token.rotated',
    actor,
    target: { kind: 'token', id },
    facts: {
      token: row.name,
      owner: username,
      expiresAt: row.expiresAt,
      formerUntil: row.secretUntil ?? at,
      ...facts,
    },
    at,
  })
  return { row, secret }
}

const renewedAlready = { code: 'renewed-already', title: 'This token has got a new secret just now.' }
