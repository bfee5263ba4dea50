import { recordEvent } from '../../audit/record.ts'
import type { Database, Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { conflict } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Act } from '../act.ts'
import { actorOf } from '../caller.ts'
import { findRecoveryUnderWay } from './find-recovery.ts'
import { newReadableCode, parseReadableCode, renderReadableCode } from './readable-code.ts'

const codesAtOnce = 10
/** 80 random bits: more than anybody guesses, so one SHA-256 is enough at rest. */
const codeCharacters = 16

export const parseRecoveryCode = (typed: string): string | undefined => parseReadableCode(typed, codeCharacters)

/**
 * Makes ten single-use codes, shown this once; the former ones no longer work. @throws 409 while somebody is getting back
 * into the account: who that is has to be settled first
 */
export async function makeRecoveryCodes(
  database: Database,
  { caller, takeSeal, now }: Act,
): Promise<{ codes: string[]; madeAt: number }> {
  const codes = Array.from({ length: codesAtOnce }, () => newReadableCode(codeCharacters))
  const at = now()
  await database.write(async (tx) => {
    if ((await findRecoveryUnderWay(tx, caller.id)) !== undefined)
      throw conflict('recovery-under-way', 'A recovery of your account is under way.', {
        help: 'Make new codes when it is over; until then it could still be somebody else’s.',
      })
    const seal = await takeSeal(tx)
    await tx
      .updateTable('recoveryCode')
      .set({ voidedAt: at })
      .where('userId', '=', caller.id)
      .where('usedBy', 'is', null)
      .where('voidedAt', 'is', null)
      .execute()
    for (const code of codes)
      await tx
        .insertInto('recoveryCode')
        .values({ codeHash: hashSecret(code), userId: caller.id, createdAt: at, usedBy: null, voidedAt: null })
        .execute()
    await recordEvent(tx, {
      action: 'recovery.codes-made',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: caller.id },
      facts: { count: codes.length, seal: seal.id },
      at,
    })
  })
  return { codes: codes.map(renderReadableCode), madeAt: at }
}

/** How many codes a person could still use, and since when. */
export async function countRecoveryCodes(
  db: Db<'recoveryCode'>,
  userId: Id<'usr'>,
): Promise<{ left: number; madeAt: number | null }> {
  const rows = await db
    .selectFrom('recoveryCode')
    .select('createdAt')
    .where('userId', '=', userId)
    .where('usedBy', 'is', null)
    .where('voidedAt', 'is', null)
    .execute()
  return { left: rows.length, madeAt: rows[0]?.createdAt ?? null }
}
