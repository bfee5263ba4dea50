import type { AuditActor } from '../../audit/entry.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { ApiTokenTable } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import { newTokenSecret, type TokenSecret } from '../token-secret.ts'

/**
 * Gives a token a new secret and the end that goes with it; what it may stays as it is. The former secret works until the
 * new one is first used (`take-up-next.ts`), or until the overlap is over. A new secret that was never used is replaced,
 * and that prolongs nothing of the former one. @throws 409 where the token has ended
 */
export async function renewSecret(
  tx: Tx<'apiToken' | 'auditEvent' | 'auditPersonal'>,
  id: Id<'tok'>,
  wanted: { expiresAt: number; overlapMs: number; actor: AuditActor; at: number; facts?: Record<string, string> },
): Promise<{ row: ApiTokenTable; secret: TokenSecret }> {
  const { overlapMs, actor, at, facts } = wanted
  const secret = newTokenSecret()
  const nextSecretHash = hashSecret(secret)
  // Its row is what two who renew it at once queue for.
  const old = await tx
    .updateTable('apiToken')
    .set({ nextSecretHash })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .returningAll()
    .executeTakeFirst()
  if (old === undefined) throw conflict('token-ended', 'This token has ended.', { help: 'Make a new one.' })
  // Never beyond the day on which its owner's access ends, also where that day is moved later.
  const { endsAt, username } = await tx
    .selectFrom('user')
    .select(['endsAt', 'username'])
    .where('id', '=', old.userId)
    .executeTakeFirstOrThrow()
  const row = await tx
    .updateTable('apiToken')
    .set({
      renewedAt: at,
      expiresAt: Math.min(wanted.expiresAt, endsAt ?? Infinity),
      secretUntil: old.secretUntil ?? Math.min(old.expiresAt, at + overlapMs),
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
