import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { PersonRef } from '../../http/shapes.ts'
import type { SkFlags } from '../../protocols/ssh/verify-signature.ts'
import type { ObjectSignature } from './read-signature.ts'
import type { ObjectSource } from './read-signatures.ts'
import { endOf, findForSigning, listSigningKeys, type SigningKey } from './signing-keys.ts'
import { listSeenBefore } from './seen-before.ts'

/** Whose signature that is. Only `registered` and `tapped` count where a branch takes signed commits alone. */
export type JudgedSignature =
  | { state: 'none' }
  /** Made here by the tap of its person. */
  | { state: 'tapped'; wrote: Wrote | null }
  /** The same by a passkey that its person ended since: it may be in wrong hands. */
  | { state: 'lost'; wrote: Wrote | null }
  | (Owned & { state: 'registered'; endedSince: boolean })
  /** The key had ended before this commit came here. */
  | (Owned & { state: 'ended'; endedAt: number })
  /** Registered, but not for signing. */
  | (Owned & { state: 'login-only' })
  /** A security key says itself that nobody touched it. */
  | (Owned & { state: 'untouched' })
  | { state: 'unregistered'; fingerprint: string }
  | { state: 'unjudged'; kind: 'GPG' | 'X.509' }
  | { state: 'broken'; isMismatch: boolean; why: string }

/** Whose tap wrote this commit; of a merge and a squash its proof tells. */
export interface Wrote {
  by: PersonRef
  keyName: string
  stockVerifiable: boolean
}

// Below the number of parameters that either database takes in one statement.
const batch = 400

interface Owned {
  fingerprint: string
  keyName: string
  owner: SigningKey['owner']
  touch: SkFlags | null
  /** The mail address that the commit or tag itself names, lower case. */
  by: string
}

export interface SignatureParts {
  db: Db<'sshKey' | 'user' | 'refUpdate' | 'accountAddress' | 'seal' | 'credentialRecord' | 'revokedKey'>
  at: number
}

/** Judges what the bytes said against who registered which key, and when these commits came here. */
export async function judgeSignatures(
  { db, at }: SignatureParts,
  source: ObjectSource,
  repositoryId: Id<'rep'>,
  found: ReadonlyMap<string, ObjectSignature>,
): Promise<Map<string, JudgedSignature>> {
  const entries = [...found]
  const keys = await listSigningKeys(
    db,
    entries.flatMap(([, signature]) => (signature.state === 'verified' ? [signature.fingerprint] : [])),
  )
  const tapped = await listTapped(
    db,
    repositoryId,
    entries.flatMap(([oid, signature]) => (isOwnKey(signature) ? [] : [oid])),
  )
  const judged = new Map(
    entries.map(([oid, signature]): [string, JudgedSignature] => [
      oid,
      tapped.get(oid) ?? judgeOne(signature, keys, at),
    ]),
  )
  const ended = [...judged].flatMap(([oid, one]) => (one.state === 'ended' ? [{ oid, one }] : []))
  const moments = new Map(ended.map(({ oid, one }) => [oid, one.endedAt]))
  const seen = await listSeenBefore(db, source, repositoryId, moments)
  for (const { oid, one } of ended)
    if (seen.has(oid)) judged.set(oid, { ...one, state: 'registered', endedSince: true })
  return judged
}

function judgeOne(signature: ObjectSignature, keys: ReadonlyMap<string, SigningKey>, at: number): JudgedSignature {
  if (signature.state !== 'verified') return signature
  const { fingerprint, touch, by, inBrowser } = signature
  const key = keys.get(fingerprint)
  // A passkey signs what this instance shows it: what it did not ask for here is nobody's word.
  if (key === undefined || inBrowser) return { state: 'unregistered', fingerprint }
  const registration = findForSigning(key)
  const keyName = (registration ?? key.registrations[0])?.name ?? ''
  const owned = { fingerprint, keyName, owner: key.owner, touch, by }
  if (registration === undefined) return { ...owned, state: 'login-only' }
  if (touch?.userPresence === false) return { ...owned, state: 'untouched' }
  const endedAt = endOf(registration)
  return at < endedAt ? { ...owned, state: 'registered', endedSince: false } : { ...owned, state: 'ended', endedAt }
}

const isOwnKey = (signature: ObjectSignature): boolean => signature.state === 'verified' && !signature.inBrowser

/** Commits that a branch of this repository was given as the result of a tap, made here with all their bytes. */
async function listTapped(
  db: Db<'refUpdate' | 'seal' | 'user' | 'credentialRecord' | 'revokedKey'>,
  repositoryId: Id<'rep'>,
  oids: readonly string[],
): Promise<Map<string, JudgedSignature>> {
  const found = new Map<string, JudgedSignature>()
  for (let from = 0; from < oids.length; from += batch) {
    const rows = await db
      .selectFrom('refUpdate')
      .innerJoin('seal', 'seal.id', 'refUpdate.sealId')
      .innerJoin('user', 'user.id', 'seal.userId')
      .innerJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
      .leftJoin('revokedKey', 'revokedKey.credentialRecordId', 'seal.credentialRecordId')
      .select(['refUpdate.newOid', 'revokedKey.createdAt as lostAt', 'seal.action', 'seal.armored'])
      .select(['user.id', 'user.username', 'user.displayName', 'credentialRecord.name'])
      .where('refUpdate.repositoryId', '=', repositoryId)
      .where('refUpdate.newOid', 'in', oids.slice(from, from + batch))
      .where('refUpdate.state', '=', 'done')
      .where('refUpdate.commitBytes', 'is not', null)
      .execute()
    for (const { newOid, lostAt, action, armored, name, id, username, displayName } of rows) {
      const by = { id, username, displayName }
      const wrote = action === 'commit' ? { by, keyName: name, stockVerifiable: armored !== null } : null
      if (lostAt === null) found.set(newOid, { state: 'tapped', wrote })
      else if (!found.has(newOid)) found.set(newOid, { state: 'lost', wrote })
    }
  }
  return found
}
