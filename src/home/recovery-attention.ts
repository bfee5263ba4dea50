import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import { findDeadLinks } from '../identity/recovery/dead-links.ts'
import type { Attention } from './attention.ts'

const mostShown = 5

/** Uses of the break-glass code that nobody has reviewed, and who is getting back in just now. */
export async function listRecoveryAttention(
  db: Db<'recovery' | 'registrationLink' | 'breakGlass' | 'user'>,
  caller: Pick<Caller, 'id'>,
  at: number,
): Promise<Attention[]> {
  const used = await db
    .selectFrom('breakGlass')
    .innerJoin('user', 'user.id', 'breakGlass.userId')
    .select(['breakGlass.id', 'breakGlass.userId', 'user.displayName'])
    .where('breakGlass.usedAt', 'is not', null)
    .where('breakGlass.reviewedAt', 'is', null)
    .orderBy('breakGlass.usedAt')
    .limit(mostShown)
    .execute()
  const open = await db
    .selectFrom('recovery')
    .innerJoin('user', 'user.id', 'recovery.userId')
    .select(['recovery.id', 'user.displayName', 'recovery.newCredentialId'])
    .where('recovery.overAt', 'is', null)
    .where('recovery.userId', '!=', caller.id)
    .orderBy('recovery.createdAt', 'desc')
    .limit(mostShown)
    .execute()
  const dead = await findDeadLinks(db, open, at)
  return [
    ...used.map(({ id, userId, displayName }) => ({
      kind: `break-glass-${id}`,
      text: `The break-glass code of ${displayName} was used. ${userId === caller.id ? 'Somebody else has to review what you did.' : 'A second person has to review what was done with it.'}`,
      href: `/-/recoveries/break-glass/${id}`,
    })),
    ...open.map(({ id, displayName, newCredentialId }) => ({
      kind: `recovery-${id}`,
      text: dead.has(id)
        ? `${displayName} cannot get back in: whoever began to let them in may no longer do so. Cancel it, and let them in yourself.`
        : `${displayName} ${newCredentialId === null ? 'is getting' : 'has got'} back in after losing their passkeys. Do you know of it?`,
      href: '/-/recoveries',
    })),
  ]
}
