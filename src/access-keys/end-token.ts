import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TakenSeal } from '../http/access.ts'
import { conflict } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { withdrawRequestsOfToken } from '../seals/withdraw.ts'

type Writing = Tx<'apiToken' | 'sealRequest' | 'auditEvent' | 'auditPersonal'>

/**
 * Ends a person's own token, or one of an agent of theirs, and with it every tap it still asks for. Returns the requests that fell; undefined where
 * there is no such token, or no more.
 */
export async function endToken(
  tx: Writing,
  {
    caller,
    ownerId = caller.id,
    id,
    at,
    seal,
  }: { caller: Caller; ownerId?: Id<'usr'>; id: Id<'tok'>; at: number; seal?: TakenSeal },
): Promise<Id<'srq'>[] | undefined> {
  const ended = await tx
    .updateTable('apiToken')
    .set({ endedAt: at })
    .where('id', '=', id)
    .where('userId', '=', ownerId)
    .where('endedAt', 'is', null)
    .returning('name')
    .executeTakeFirst()
  if (ended === undefined) return undefined
  await recordEvent(tx, {
    action: 'token.ended',
    actor: actorOf(caller, seal),
    target: { kind: 'token', id },
    facts: { token: ended.name, ...(seal === undefined ? {} : { seal: seal.id }) },
    at,
  })
  return withdrawRequestsOfToken(tx, id, caller, at)
}

/** For what a token asked for and its person refuses: it must stop at once, so it takes no tap. @throws 409 */
export async function endAskingToken(tx: Writing, caller: Caller, id: Id<'tok'>, at: number): Promise<Id<'srq'>[]> {
  const fallen = await endToken(tx, { caller, id, at })
  if (fallen === undefined)
    throw conflict('token-ended', 'This token has ended already.', { help: 'Refuse it instead.' })
  return fallen
}

/**
 * Ends what somebody was shown of agents' tokens since: it needs no passkey to go on, and their own tokens end anyway. Each
 * with an event, which cuts what is open by it. A token from before that renewed itself was shown to nobody.
 */
export async function endTokensShownTo(
  tx: Writing,
  userId: Id<'usr'>,
  { since, ...ended }: { since: number; caller: Caller; at: number; seal: TakenSeal },
): Promise<void> {
  const shown = await tx
    .selectFrom('apiToken')
    .select(['id', 'userId'])
    .where((eb) => eb.or([eb('madeBy', '=', userId), eb('nextMadeBy', '=', userId)]))
    .where((eb) =>
      eb.or([
        eb('createdAt', '>=', since),
        eb.exists(
          eb
            .selectFrom('auditEvent')
            .select('auditEvent.id')
            .whereRef('auditEvent.targetId', '=', 'apiToken.id')
            .where('auditEvent.action', '=', 'token.rotated')
            .where('auditEvent.actorId', '=', userId)
            .where('auditEvent.occurredAt', '>=', since),
        ),
      ]),
    )
    .where('endedAt', 'is', null)
    .orderBy('id')
    .execute()
  for (const { id, userId: ownerId } of shown) await endToken(tx, { ...ended, ownerId, id })
}
