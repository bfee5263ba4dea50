import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AttestationOutcome, Strength } from '../database/schema.ts'
import type { Proof } from '../policy/facts.ts'
import { weaker } from '../policy/strength.ts'

/** A key that somebody comes in with over SSH, at its best: touched, and with its PIN, where it is a security key. */
export interface OwnSshKey {
  name: string
  strength: Strength
  /** Null: it lies in a file. */
  key: Proof['key']
}

/** The keys of these people that may come in, the oldest first. */
export async function readSshKeys(
  db: Db<'sshKey'>,
  { ids, badModels, at }: { ids: readonly Id<'usr'>[]; badModels: ReadonlySet<string>; at: number },
): Promise<Map<Id<'usr'>, OwnSshKey[]>> {
  const rows = await db
    .selectFrom('sshKey')
    .select(['userId', 'name', 'application', 'attestationOutcome', 'aaguid', 'strengthCap'])
    .where('endedAt', 'is', null)
    .where('forLogin', '=', 1)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', at)]))
    .where('userId', 'in', ids)
    .orderBy('createdAt')
    .execute()
  const keys = new Map<Id<'usr'>, OwnSshKey[]>()
  for (const { userId, ...row } of rows) keys.set(userId, [...(keys.get(userId) ?? []), asOwnKey(row, badModels)])
  return keys
}

function asOwnKey(
  row: {
    name: string
    application: string | null
    attestationOutcome: AttestationOutcome | null
    aaguid: string | null
    strengthCap: Strength | null
  },
  badModels: ReadonlySet<string>,
): OwnSshKey {
  const { name, application, attestationOutcome, aaguid, strengthCap } = row
  if (application === null) return { name, strength: 'password', key: null }
  const isProven = attestationOutcome?.startsWith('verified') === true && aaguid !== null
  const best = attestationOutcome === 'verified' && !(isProven && badModels.has(aaguid)) ? 'attested' : 'passkey'
  return {
    name,
    strength: strengthCap === null ? best : weaker(best, strengthCap),
    key: { category: 'hardware-key', aaguid: isProven ? aaguid : null },
  }
}
