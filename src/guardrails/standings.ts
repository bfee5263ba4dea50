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
import { type OwnPlaces, readOwnPlaces } from './own-places.ts'
import { readAddresses, readOwn, type StandingDb } from './read-own.ts'
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

interface Chosen {
  roles?: readonly OrganisationRole[] | undefined
  id?: Id<'usr'> | undefined
  /** Agents too that come in with a token. */
  withAgents?: boolean | undefined
  at: number
}

/** People of one turn of the thread: on SQLite a query holds it until its last row. */
const pagePeople = 500

/** The next of them by username. */
function choose(db: StandingDb, { roles, id, withAgents = false, at, after }: Chosen & { after: string }) {
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
    .select(['id', 'kind', 'username', 'displayName', 'role', 'isDemo'])
    .where('user.username', '>', after)
    .orderBy('user.username')
    .limit(pagePeople)
}

/**
 * The standing of active people, by name: of everybody, of those with certain roles, or of one. What their keys are worth
 * is judged by the reports that count in the last of these policies.
 */
export async function readStandings(
  db: StandingDb,
  { policies, ...chosen }: { policies: readonly CompiledPolicy[] } & Chosen,
): Promise<Standing[]> {
  const { at, id } = chosen
  const breathe = createBreaks()
  const badModels = await listBadModels(db, policies.at(-1)?.policy.refusedModelStatuses ?? [], at)
  let ownPlaces: OwnPlaces | undefined
  const standings: Standing[] = []
  for (let after = ''; ; after = standings.at(-1)?.person.username ?? '') {
    const users = await choose(db, { ...chosen, after }).execute()
    if (users.length === 0) return standings
    const ids = users.map((user) => user.id)
    const { groups, keys, tokens, passwords } = await readOwn(db, { ids, at, breathe })
    const addresses = policies.some(namesNetworks) ? await readAddresses(db, ids) : new Map<Id<'usr'>, string>()
    const sshKeys = await readSshKeys(db, { ids, badModels, at })
    const subjects = id === undefined ? undefined : [id, ...(groups.get(id) ?? []).map(({ groupId }) => groupId)]
    ownPlaces ??= await readOwnPlaces(db, namedPlaces(policies), subjects)
    for (const user of users) {
      await breathe()
      const own = groups.get(user.id) ?? []
      const records = (keys.get(user.id) ?? []).map(asJudgedBy(badModels))
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
        keys: records.map(asOwnKey).sort((one, other) => rank(other) - rank(one)),
        address: addresses.get(user.id) ?? null,
        places: ownPlaces({ id: user.id, role: user.role, groupIds: own.map(({ groupId }) => groupId) }),
        tokens: (tokens.get(user.id) ?? []).map(({ name, createdAt, expiresAt }) => ({ name, createdAt, expiresAt })),
        sshKeys: sshKeys.get(user.id) ?? [],
        password: passwords.get(user.id) ?? null,
      })
    }
    if (users.length < pagePeople) return standings
  }
}

type KeyRow = Parameters<typeof credentialStrength>[0] & Parameters<typeof policyKey>[0] & { name: string }

const asOwnKey = (record: KeyRow): OwnKey => ({
  name: record.name,
  strength: credentialStrength(record),
  whenVouched: credentialStrength({ ...record, strengthCap: null }),
  key: policyKey(record),
  isModelBad: record.attestationOutcome === 'bad-status',
})

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
