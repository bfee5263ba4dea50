import { recordEvent } from '../../audit/record.ts'
import type { Database, Db } from '../../database/handles.ts'
import { newId } from '../../database/id.ts'
import { conflict } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Act } from '../act.ts'
import { actorOf } from '../caller.ts'
import { getPersonByName } from '../people.ts'
import { newReadableCode, parseReadableCode, renderReadableCode } from '../recovery/readable-code.ts'
import type { User } from '../users.ts'

/** 160 random bits. */
const codeCharacters = 32

export const parseBreakGlassCode = (typed: string): string | undefined => parseReadableCode(typed, codeCharacters)

/** Whom a break-glass code can let in: an owner, since nobody else could repair what is broken. @throws 404, 409 */
export async function getLetIn(db: Db<'user'>, username: string): Promise<User> {
  const user = await getPersonByName(db, username)
  if (user.role !== 'owner' || user.kind !== 'person' || user.state !== 'active' || user.isDemo === 1)
    throw conflict('not-an-owner', `A break-glass code lets an owner in, and ${user.displayName} is none.`, {
      help: 'Choose an owner, or an owner’s account that is kept for this alone.',
    })
  return user
}

/** Makes the one code of this owner, shown this once; a former unused one no longer works. */
export async function makeBreakGlassCode(
  database: Database,
  { caller, takeSeal, now }: Act,
  username: string,
): Promise<string> {
  const code = newReadableCode(codeCharacters)
  await database.write(async (tx) => {
    const user = await getLetIn(tx, username)
    const at = now()
    const seal = await takeSeal(tx)
    await tx
      .updateTable('breakGlass')
      .set({ voidedAt: at })
      .where('userId', '=', user.id)
      .where('usedAt', 'is', null)
      .where('voidedAt', 'is', null)
      .execute()
    const id = newId('bgc')
    await tx
      .insertInto('breakGlass')
      .values({
        id,
        codeHash: hashSecret(code),
        userId: user.id,
        createdAt: at,
        createdBy: caller.id,
        sealId: seal.id,
        voidedAt: null,
        usedAt: null,
        address: null,
        linkId: null,
        newCredentialId: null,
        reviewedAt: null,
        reviewedBy: null,
        reviewSealId: null,
        remindedAt: null,
      })
      .execute()
    await recordEvent(tx, {
      action: 'break-glass.made',
      actor: actorOf(caller, seal),
      target: { kind: 'break-glass', id },
      facts: { person: user.username, seal: seal.id },
      at,
    })
  })
  return renderReadableCode(code)
}
