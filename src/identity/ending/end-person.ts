import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { AccessEndTable, TableName } from '../../database/schema.ts'
import { conflict, forbidden, nothingLeft } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller } from '../caller.ts'
import { countOwners } from '../count-owners.ts'
import { lockInstance } from '../lock-instance.ts'
import { findUserById, listPersonRefs, type User } from '../users.ts'
import { type EndAccess, findLastEnd, isOverruledBy } from './end-access.ts'
import type { AccessPreview } from './shapes.ts'

/** What would end, and whether this caller may end it. */
export async function previewEnd(
  { endAccess, countOpen }: { endAccess: EndAccess; countOpen: (accountId: string) => number },
  db: Db<TableName>,
  { caller, user, at }: { caller: Pick<Caller, 'id' | 'role'>; user: User; at: number },
): Promise<AccessPreview> {
  const agents = await db
    .selectFrom('user')
    .select('id')
    .where('ownerId', '=', user.id)
    .where('state', '=', 'active')
    .orderBy('username')
    .execute()
  const ids = agents.map(({ id }) => id)
  const people = await listPersonRefs(db, [user.id, ...ids])
  const isLast = await isLastOwner(db, user)
  const { id, username, displayName } = user
  return {
    person: { id, username, displayName },
    kind: user.kind,
    state: user.state,
    kinds: await endAccess.preview(db, user.id, at),
    agents: ids.flatMap((agent) => people.get(agent) ?? []),
    openConnections: countOpen(user.id),
    isLastOwner: isLast,
    refusal: findRefusal(caller, user, { isLast, last: await findLastEnd(db, user.id) })?.message ?? null,
  }
}

/** @throws 403 or 409 where this is not the caller's to end, or nobody would be left to own the organisation */
export async function endPerson(
  endAccess: EndAccess,
  tx: Tx<TableName>,
  { caller, takeSeal, now }: Act,
  { user: known, reason }: { user: User; reason: string },
): Promise<Id<'end'>> {
  const at = now()
  // Before any row of an owner's is locked: otherwise two who end each other wait for ever.
  if (known.role === 'owner') await lockOwners(tx)
  const seal = await takeSeal(tx)
  const user = (await findUserById(tx, known.id)) ?? known
  const refusal = findRefusal(caller, user, {
    isLast: await isLastOwner(tx, user),
    last: await findLastEnd(tx, user.id),
  })
  if (refusal !== undefined) throw refusal
  const cause = caller.by.kind === 'session' ? 'console' : 'api'
  const actor = actorOf(caller, seal)
  const end = await endAccess.end(tx, { userId: user.id, cause, reason, actor, sealId: seal.id, at })
  if (end === undefined) throw alreadyEnded(user)
  return end.id
}

/** Nothing is asked of a tap that would be refused after it. */
export async function checkMayEnd(db: Db<'accessEnd'>, caller: Pick<Caller, 'id' | 'role'>, user: User): Promise<void> {
  const refusal = findRefusal(caller, user, { isLast: false, last: await findLastEnd(db, user.id) })
  if (refusal !== undefined) throw refusal
}

function findRefusal(
  caller: Pick<Caller, 'id' | 'role'>,
  user: User,
  { isLast, last }: { isLast: boolean; last: AccessEndTable | undefined },
) {
  if (user.id === caller.id) return forbidden('Nobody ends their own access here.', 'Ask another administrator.')
  if (caller.role !== 'owner' && (user.role === 'owner' || user.role === 'admin'))
    return forbidden('Only an owner ends the access of owners and administrators.', 'Ask an owner.')
  if (user.state === 'ended' && !isOverruledBy(last, 'console')) return alreadyEnded(user)
  if (isLast)
    return conflict('last-owner', 'This is the last owner: nobody else could own the organisation.', {
      help: 'Make somebody else an owner first.',
    })
  return undefined
}

const alreadyEnded = ({ displayName }: User) =>
  conflict('already-ended', `The access of ${displayName} has ended already.`, { help: nothingLeft })

export async function isLastOwner(db: Db<'user'>, user: User): Promise<boolean> {
  return user.role === 'owner' && user.state === 'active' && (await countOwners(db)) === 1
}

/** Two owners who end each other in the same instant queue here: one of them is then the last. */
export const lockOwners = (tx: Tx<'instance'>): Promise<void> => lockInstance(tx)
