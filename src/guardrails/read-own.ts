import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

type Tables =
  | 'user'
  | 'userGroup'
  | 'groupMember'
  | 'credentialRecord'
  | 'session'
  | 'apiToken'
  | 'sshKey'
  | 'project'
  | 'repository'
  | 'roleGrant'
  | 'authenticatorModel'
  | 'passwordLogin'
  | 'totp'
export type StandingDb = Db<Tables>

interface OneTurn {
  /** Some; none is no question. */
  ids: readonly Id<'usr'>[]
  at: number
  breathe: () => Promise<void> | undefined
}

/** What these people have, by person. */
export async function readOwn(db: StandingDb, { ids, at, breathe }: OneTurn) {
  const groups = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select(['groupMember.userId', 'groupMember.groupId', 'groupMember.joinedAt', 'userGroup.name'])
    .where('groupMember.userId', 'in', ids)
    .orderBy('userGroup.name')
    .execute()
  await breathe()
  const keys = await db
    .selectFrom('credentialRecord')
    .select(['userId', 'name', 'backupEligible', 'transports', 'aaguid', 'attestationOutcome', 'strengthCap'])
    .where('endedAt', 'is', null)
    // One that a recovery has suspended lets nobody in.
    .where('suspendedBy', 'is', null)
    .where('userId', 'in', ids)
    .orderBy('createdAt')
    .execute()
  await breathe()
  const tokens = await db
    .selectFrom('apiToken')
    .select((eb) => [
      'userId',
      'name',
      // As old as its newest secret.
      eb.fn.coalesce('renewedAt', 'createdAt').as('createdAt'),
      'expiresAt',
    ])
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .where('userId', 'in', ids)
    .orderBy('createdAt')
    .execute()
  await breathe()
  const passwords = await db
    .selectFrom('passwordLogin')
    .leftJoin('totp', 'totp.userId', 'passwordLogin.userId')
    .select(['passwordLogin.userId', 'confirmedAt'])
    .where('passwordLogin.userId', 'in', ids)
    .execute()
  await breathe()
  return {
    groups: Map.groupBy(groups, ({ userId }) => userId),
    keys: Map.groupBy(keys, ({ userId }) => userId),
    tokens: Map.groupBy(tokens, ({ userId }) => userId),
    passwords: new Map(
      passwords.map(({ userId, confirmedAt }) => [
        userId,
        confirmedAt === null ? ('password' as const) : ('mfa' as const),
      ]),
    ),
  }
}

/** Where each was last seen. */
export async function readAddresses(db: StandingDb, ids: readonly Id<'usr'>[]): Promise<Map<Id<'usr'>, string>> {
  const rows = await db
    .selectFrom('session')
    .innerJoin(
      (eb) =>
        eb
          .selectFrom('session')
          .select(['userId', ({ fn }) => fn.max('lastSeenAt').as('lastSeenAt')])
          .where('userId', 'in', ids)
          .groupBy('userId')
          .as('latest'),
      (on) => on.onRef('latest.userId', '=', 'session.userId').onRef('latest.lastSeenAt', '=', 'session.lastSeenAt'),
    )
    .select(['session.userId', 'session.address'])
    .orderBy('session.id')
    .execute()
  return new Map(rows.map(({ userId, address }) => [userId, address]))
}
