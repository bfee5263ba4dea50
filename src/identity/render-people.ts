import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { CredentialRecordTable, TableName } from '../database/schema.ts'
import { categoryOf } from '../policy/category.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import { coseFingerprint } from '../protocols/sshsig/cose-fingerprint.ts'
import { readManagerNames } from './manager-names.ts'
import type { Person } from './shapes.ts'
import type { PersonRef, User } from './users.ts'

/**
 * People as a list shows them, with few statements, however many they are. How somebody proves themselves and when they
 * were last here is for those who look after people: others see names.
 */
export async function renderPeople(
  db: Db<TableName>,
  users: readonly User[],
  { isFull = true }: { isFull?: boolean } = {},
): Promise<Person[]> {
  const ids = users.map(({ id }) => id)
  const keys = Map.groupBy(await listKeys(db, ids), ({ userId }) => userId)
  const lastSeen = isFull ? await readLastSeen(db, ids) : new Map<string, number>()
  const answering = await listAnswering(
    db,
    users.flatMap(({ sponsorId, ownerId }) => sponsorId ?? ownerId ?? []),
  )
  const managers = await readManagerNames(
    db,
    users.map(({ managedBy }) => managedBy),
  )
  return users.map((user) => {
    const own = keys.get(user.id) ?? []
    return {
      id: user.id,
      kind: user.kind,
      username: user.username,
      displayName: user.displayName,
      email: user.email,
      role: user.role,
      state: user.state,
      isDemo: user.isDemo === 1,
      createdAt: user.createdAt,
      credentialCount: own.length,
      strength: isFull ? (own.map(credentialStrength).reduce(strongerOf, undefined) ?? 'none') : null,
      keyKinds: isFull ? [...new Set(own.map(kindOf))] : [],
      unendorsed: isFull ? own.filter(isUnendorsed).map(renderUnendorsed) : [],
      lastSeenAt: lastSeen.get(user.id) ?? null,
      endsAt: isFull ? user.endsAt : null,
      sponsor: isFull ? (answering.get(user.sponsorId) ?? null) : null,
      owner: answering.get(user.ownerId) ?? null,
      managedBy: user.managedBy === null || !isFull ? null : (managers.get(user.managedBy) ?? 'a directory'),
    }
  })
}

export async function renderPerson(db: Db<TableName>, user: User): Promise<Person> {
  const [person] = await renderPeople(db, [user])
  if (person === undefined) throw new Error('one person is rendered as one')
  return person
}

/** Who answers for guests and agents, while they can: nobody does who has left or become a guest. */
export async function listAnswering(
  db: Db<'user'>,
  ids: readonly Id<'usr'>[],
): Promise<Map<Id<'usr'> | null, PersonRef>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('user')
    .select(['id', 'username', 'displayName'])
    .where('id', 'in', [...new Set(ids)])
    .where('state', '=', 'active')
    .where('role', '!=', 'guest')
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

type Key = Awaited<ReturnType<typeof listKeys>>[number]

async function listKeys(db: Db<'credentialRecord'>, ids: readonly Id<'usr'>[]) {
  if (ids.length === 0) return []
  return db
    .selectFrom('credentialRecord')
    .select(['id', 'userId', 'name', 'publicKey', 'rpId', 'endorsedBy', 'enrolledVia', 'strengthCap'])
    .select(['backupEligible', 'transports', 'attestationOutcome'])
    .where('userId', 'in', ids)
    .where('endedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
}

const strongerOf = (
  best: ReturnType<typeof credentialStrength> | undefined,
  one: ReturnType<typeof credentialStrength>,
) => (best !== undefined && isAtLeast(best, one) ? best : one)

const kindOf = ({ backupEligible, transports }: Pick<CredentialRecordTable, 'backupEligible' | 'transports'>) =>
  categoryOf({ backupEligible, transports: JSON.parse(transports) as string[] })

const isUnendorsed = ({ endorsedBy, enrolledVia }: Key): boolean => endorsedBy === null && enrolledVia !== 'setup'

const renderUnendorsed = ({ id, name, publicKey, rpId }: Key) => ({
  id,
  name,
  fingerprint: coseFingerprint(Buffer.from(publicKey, 'base64url'), rpId),
})

/** When each was last here: in a browser, or by a program that holds a token of theirs. */
async function readLastSeen(db: Db<'session' | 'apiToken'>, ids: readonly Id<'usr'>[]): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  if (ids.length === 0) return seen
  const rows = [
    ...(await db
      .selectFrom('session')
      .select((eb) => ['userId', eb.fn.max('lastSeenAt').as('at')])
      .where('userId', 'in', ids)
      .groupBy('userId')
      .execute()),
    ...(await db
      .selectFrom('apiToken')
      .select((eb) => ['userId', eb.fn.max('lastUsedAt').as('at')])
      .where('userId', 'in', ids)
      .groupBy('userId')
      .execute()),
  ]
  for (const { userId, at } of rows) if (at !== null) seen.set(userId, Math.max(seen.get(userId) ?? 0, at))
  return seen
}
