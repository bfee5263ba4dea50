import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { hashSecret } from '../../http/secret.ts'
import type { PersonRef } from '../../http/shapes.ts'
import { foldAddress } from '../../identity/fold-address.ts'
import { type JudgedSignature, judgeSignatures, type SignatureParts } from './judge-signatures.ts'
import { type ObjectSource, readSignatures } from './read-signatures.ts'
import type { CommitSignature } from './shapes.ts'
import { signatureLabel, signatureRemarks } from './signature-words.ts'

/** The signatures of these commits and tags, by oid; those without one are left out. */
export async function describeSignatures(
  parts: SignatureParts,
  source: ObjectSource,
  repositoryId: Id<'rep'>,
  oids: readonly string[],
): Promise<Map<string, CommitSignature>> {
  const judged = await judgeSignatures(parts, source, repositoryId, await readSignatures(source, oids))
  const addresses = await listAddresses(parts.db, judged)
  return new Map(
    [...judged].flatMap(([oid, one]): [string, CommitSignature][] => {
      const label = signatureLabel(one)
      return label === undefined ? [] : [[oid, render(one, label, addresses)]]
    }),
  )
}

function render(one: JudgedSignature, label: string, addresses: ReadonlySet<string>): CommitSignature {
  const named = 'owner' in one ? one : undefined
  const wrote = 'wrote' in one ? one.wrote : null
  const isOwnAddress = named === undefined ? null : addresses.has(addressKey(named.owner.id, named.by))
  return {
    state: stateOf(one),
    label,
    remarks: signatureRemarks(one, isOwnAddress ?? true),
    by: named === undefined ? (wrote?.by ?? null) : personOf(named.owner),
    keyName: named?.keyName ?? wrote?.keyName ?? null,
    fingerprint: 'fingerprint' in one ? one.fingerprint : null,
    // A tap is taken with both alone.
    isTouched: wrote !== null || (named?.touch?.userPresence ?? null),
    withPin: wrote !== null || (named?.touch?.userVerification ?? null),
    isOwnAddress,
  }
}

function stateOf({ state }: JudgedSignature): CommitSignature['state'] {
  switch (state) {
    case 'registered':
    case 'unregistered':
    case 'unjudged':
    case 'broken':
      return state
    case 'tapped':
      return 'registered'
    default:
      return 'doubtful'
  }
}

const personOf = ({ id, username, displayName }: PersonRef): PersonRef => ({ id, username, displayName })

const addressKey = (userId: string, address: string): string => `${userId} ${address}`

/** Which of the addresses that commits name are, or were, of whoever signed them. */
async function listAddresses(
  db: Db<'accountAddress'>,
  judged: ReadonlyMap<string, JudgedSignature>,
): Promise<Set<string>> {
  const claims = [...judged.values()].flatMap((one) => ('owner' in one && one.by !== '' ? [one] : []))
  const own = new Set<string>()
  const hashes = new Map(claims.map(({ owner, by }) => [addressKey(owner.id, by), hashSecret(foldAddress(by))]))
  for (const { owner, by } of claims) if (owner.email.toLowerCase() === by) own.add(addressKey(owner.id, by))
  if (hashes.size === 0) return own
  const rows = await db
    .selectFrom('accountAddress')
    .select(['userId', 'addressHash'])
    .where('addressHash', 'in', [...new Set(hashes.values())])
    .execute()
  const held = new Set(rows.map(({ userId, addressHash }) => `${userId} ${addressHash}`))
  for (const { owner, by } of claims) {
    const key = addressKey(owner.id, by)
    if (held.has(`${owner.id} ${hashes.get(key)}`)) own.add(key)
  }
  return own
}
