import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AttestationOutcome, OrganisationRole, Strength } from '../database/schema.ts'
import type { PersonRef } from '../http/shapes.ts'
import { policyKey } from '../identity/policy-actor.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import type { ActPlace, PolicyActor, Proof } from '../policy/facts.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import { listBadModels } from './bad-models.ts'
import { createBreaks } from './breaks.ts'
import { namedPlaces, namesNetworks } from './named.ts'
import { readOwnPlaces } from './own-places.ts'
import { type OwnSshKey, readSshKeys } from './ssh-standing.ts'

export interface OwnKey {
  name: string
  strength: Strength
  /** What it would be worth if somebody vouched for it. */
  whenVouched: Strength
  key: NonNullable<Proof['key']>
  /** Its model is reported as broken, which holds it back. */
  isModelBad: boolean
}

/** Everything about a person that rules can ask for, as it is now. */
export interface Standing {
  person: PersonRef
  actor: PolicyActor
  isDemo: boolean
  /** Strongest first. */
  keys: OwnKey[]
  /** Of their latest session; null where there was none, or no rule names networks. */
  address: string | null
  /** One place standing for all that no rule tells apart. */
  places: ActPlace[]
  tokens: { name: string; createdAt: number; expiresAt: number }[]
  sshKeys: OwnSshKey[]
  /** What they brought and may sign in with where a rule permits it; null where they have no such thing. */
  password: 'password' | 'mfa' | null
}

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

interface Chosen {
  roles?: readonly OrganisationRole[] | undefined
  id?: Id<'usr'> | undefined
  /** Agents too that come in with a token. */
  withAgents?: boolean | undefined
  at: number
}

function choose(db: StandingDb, { roles, id, withAgents = false, at }: Chosen) {
  let query = db
    .selectFrom('user')
    .where('user.state', '=', 'active')
    .where((eb) => {
      const tokens = eb
        .selectFrom('apiToken')
        .select('apiToken.id')
        .whereRef('apiToken.userId', '=', 'user.id')
        .where('apiToken.endedAt', 'is', null)
        .where('apiToken.expiresAt', '>', at)
      const isAgent = eb.and([eb('user.kind', '=', 'agent'), eb.exists(tokens)])
      return eb.or([eb('user.kind', '=', 'person'), ...(withAgents ? [isAgent] : [])])
    })
  if (roles !== undefined) query = query.where('user.role', 'in', roles)
  if (id !== undefined) query = query.where('user.id', '=', id)
  return query
}

const selectIds = (db: StandingDb, chosen: Chosen) => choose(db, chosen).select('user.id')

/**
 * The standing of active people, by name: of everybody, of those with certain roles, or of one. What their keys are worth
 * is judged by the reports that count in the last of these policies.
 */
export async function readStandings(
  db: StandingDb,
  { policies, ...chosen }: { policies: readonly CompiledPolicy[] } & Chosen,
): Promise<Standing[]> {
  const breathe = createBreaks()
  const { at, id } = chosen
  const ids = selectIds(db, chosen)
  const users = await choose(db, chosen)
    .select(['id', 'kind', 'username', 'displayName', 'role', 'isDemo'])
    .orderBy('username')
    .execute()
  await breathe()
  const groups = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select(['groupMember.userId', 'groupMember.groupId', 'groupMember.joinedAt', 'userGroup.name'])
    .where('groupMember.userId', 'in', ids)
    .orderBy('userGroup.name')
    .execute()
  await breathe()
  const records = await db
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
  const passwordOf = new Map(
    passwords.map(({ userId, confirmedAt }) => [
      userId,
      confirmedAt === null ? ('password' as const) : ('mfa' as const),
    ]),
  )
  await breathe()
  const addresses = policies.some(namesNetworks) ? await readAddresses(db, ids) : new Map<Id<'usr'>, string>()
  const subjects = id === undefined ? undefined : [id, ...groups.map(({ groupId }) => groupId)]
  const ownPlaces = await readOwnPlaces(db, namedPlaces(policies), subjects)

  const refused = policies.at(-1)?.policy.refusedModelStatuses ?? []
  const badModels = await listBadModels(db, refused, at)
  const sshKeysOf = await readSshKeys(db, { ids: users.map((user) => user.id), badModels, at })
  await breathe()
  const groupsOf = Map.groupBy(groups, ({ userId }) => userId)
  const recordsOf = Map.groupBy(records, ({ userId }) => userId)
  const tokensOf = Map.groupBy(tokens, ({ userId }) => userId)
  const standings: Standing[] = []
  for (const user of users) {
    await breathe()
    const own = groupsOf.get(user.id) ?? []
    const keys = (recordsOf.get(user.id) ?? []).map(asJudgedBy(badModels)).map((record) => ({
      name: record.name,
      strength: credentialStrength(record),
      whenVouched: credentialStrength({ ...record, strengthCap: null }),
      key: policyKey(record),
      isModelBad: record.attestationOutcome === 'bad-status',
    }))
    standings.push({
      person: { id: user.id, username: user.username, displayName: user.displayName },
      actor: {
        kind: user.kind,
        username: user.username,
        role: user.role,
        groups: own.map(({ name }) => name),
        joinedAt: Object.fromEntries(own.map(({ name, joinedAt }) => [name, joinedAt])),
      },
      isDemo: user.isDemo === 1,
      keys: keys.sort((one, other) => rank(other) - rank(one)),
      address: addresses.get(user.id) ?? null,
      places: ownPlaces({ id: user.id, role: user.role, groupIds: own.map(({ groupId }) => groupId) }),
      tokens: (tokensOf.get(user.id) ?? []).map(({ name, createdAt, expiresAt }) => ({ name, createdAt, expiresAt })),
      sshKeys: sshKeysOf.get(user.id) ?? [],
      password: passwordOf.get(user.id) ?? null,
    })
  }
  return standings
}

/** Only what the attestation proved counts: an AAGUID that was merely claimed makes no key bad. */
const asJudgedBy =
  (badModels: ReadonlySet<string>) =>
  <Row extends { aaguid: string | null; attestationOutcome: AttestationOutcome }>(record: Row): Row => {
    const { aaguid, attestationOutcome } = record
    const isBad = aaguid !== null && attestationOutcome.startsWith('verified') && badModels.has(aaguid)
    return isBad ? { ...record, attestationOutcome: 'bad-status' } : record
  }

const steps: readonly Strength[] = ['mfa', 'passkey', 'device-bound', 'attested']
const rank = ({ strength }: OwnKey): number => steps.filter((step) => isAtLeast(strength, step)).length

/** Where each was last seen. */
async function readAddresses(db: StandingDb, ids: ReturnType<typeof selectIds>): Promise<Map<Id<'usr'>, string>> {
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
