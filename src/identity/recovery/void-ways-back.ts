import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/** What is changed of a person's keys waits for this: nothing is added beside it. */
export const lockPerson = (tx: Tx<'user'>, userId: Id<'usr'>): Promise<unknown> =>
  tx
    .updateTable('user')
    .set((eb) => ({ generation: eb.ref('generation') }))
    .where('id', '=', userId)
    .execute()

/**
 * Whoever came in as this person may have kept a way back: the codes that are left, a sealed code, links. None of them
 * works any more; the person makes new ones.
 */
export async function voidWaysBack(
  tx: Tx<'recoveryCode' | 'breakGlass' | 'registrationLink'>,
  userId: Id<'usr'>,
  { since, at }: { since: number; at: number },
): Promise<void> {
  await tx
    .updateTable('recoveryCode')
    .set({ voidedAt: at })
    .where('userId', '=', userId)
    .where('usedBy', 'is', null)
    .where('voidedAt', 'is', null)
    .execute()
  await tx
    .updateTable('breakGlass')
    .set({ voidedAt: at })
    .where((eb) => eb.or([eb('userId', '=', userId), eb('createdBy', '=', userId)]))
    .where('createdAt', '>=', since)
    .where('usedAt', 'is', null)
    .where('voidedAt', 'is', null)
    .execute()
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where((eb) => eb.or([eb('userId', '=', userId), eb('createdBy', '=', userId)]))
    .where('createdAt', '>=', since)
    .where('consumedAt', 'is', null)
    .execute()
}
