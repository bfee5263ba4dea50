import { recordEvent } from '../../audit/record.ts'
import { invalid, notFound } from '../../http/problem.ts'
import { actorOf, type SessionCaller } from '../caller.ts'
import { endSessions } from '../sessions.ts'
import { endUntested, findPassword } from './password-logins.ts'
import { ownWords, type PasswordParts } from './password-sign-in.ts'
import { findWeakness } from './weak-password.ts'

/**
 * Another password in place of one that is known. All other sessions end. @throws 404 where there is none, 422 where the
 * old one is wrong or the new one easy to guess, 429 where too many were tried
 */
export async function changePassword(
  parts: PasswordParts,
  { caller, current, wanted }: { caller: SessionCaller; current: string; wanted: string },
): Promise<void> {
  const { database, hashing, guesses, now } = parts
  const known = await findPassword(database.read, caller.id)
  if (known === undefined) throw notFound('Your password')
  if (guesses.account.take(caller.id).left === undefined)
    throw invalid('current', 'Too many passwords were tried. Wait an hour, or make a passkey.')
  if (!(await hashing.verify(current, known.hash))) throw invalid('current', 'This is not your password.')
  guesses.account.giveBack(caller.id)
  if (wanted === current) throw invalid('wanted', 'This is the password you have. Choose another one.')
  const weakness = await findWeakness(wanted, ownWords(known))
  if (weakness !== undefined) throw invalid('wanted', weakness)
  const hash = await hashing.hash(wanted)
  await database.write(async (tx) => {
    const at = now()
    const { numUpdatedRows } = await tx
      .updateTable('passwordLogin')
      .set({ hash, changedAt: at, mustChange: 0 })
      .where('userId', '=', caller.id)
      .where('hash', '=', known.hash)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1)
      throw invalid('current', 'This is not your password any more. Type the one of now.')
    await endSessions(tx, caller.id, { except: caller.by.sessionId }, at)
    await endUntested(tx, { userId: caller.id, at })
    await recordEvent(tx, {
      action: 'password.changed',
      actor: actorOf(caller),
      target: { kind: 'user', id: caller.id },
      facts: { person: caller.username },
      at,
    })
  })
}
