import type { Db, Tx } from '../database/handles.ts'
import { orUniqueViolation, UniqueViolation } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { prepared } from '../database/prepared.ts'
import type { CredentialRecordTable, Strength, TableName } from '../database/schema.ts'
import { conflict, type ProblemError } from '../http/problem.ts'
import type { AttestationJudgement } from '../attestation/judge-attestation.ts'
import { nameAaguid } from '../protocols/webauthn/aaguid-names.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { VerifiedRegistration } from '../protocols/webauthn/verify-registration.ts'
import { checkRegistration } from './check-registration.ts'
import { checkStillHere } from './ending/check-still-here.ts'
import { lockInstance } from './lock-instance.ts'
import { refuseBesideRecovery } from './recovery/find-recovery.ts'
import { endPasswordLogin, untestedCap } from './passwords/password-logins.ts'

export type CredentialRecord = CredentialRecordTable

export interface NewCredentialRecord {
  userId: Id<'usr'>
  registration: VerifiedRegistration
  judgement: AttestationJudgement
  rpId: string
  name: string
  enrolledVia: CredentialRecordTable['enrolledVia']
  endorsedBy: Id<'sea'> | null
  strengthCap: Strength | null
  /** The rules that must take a key of this kind, and from where it is registered. */
  policy: PolicyInForce
  address: string
  at: number
}

/**
 * Keeps everything a registration proved, raw response included (decision 7). @throws 409 when the credential is known or
 * somebody is getting back into the account, 403 where the rules do not take its kind
 */
export async function createCredentialRecord(
  tx: Tx<TableName>,
  wanted: NewCredentialRecord,
): Promise<CredentialRecord> {
  const { registration, judgement } = wanted
  await checkStillHere(tx, wanted.userId)
  await refuseBesideRecovery(tx, wanted)
  const record: CredentialRecord = {
    id: newId('crd'),
    userId: wanted.userId,
    credentialId: registration.credentialId,
    publicKey: registration.publicKey.toString('base64url'),
    algorithm: registration.algorithm,
    signCount: registration.counter,
    backupEligible: registration.backupEligible ? 1 : 0,
    backupState: registration.backupState ? 1 : 0,
    uvInitialized: registration.uvInitialized ? 1 : 0,
    transports: JSON.stringify(registration.transports),
    aaguid: registration.aaguid ?? null,
    attestationFormat: registration.attestationFormat,
    attestationOutcome: judgement.outcome,
    modelName: modelNameOf(registration.aaguid, judgement),
    attestationObject: registration.attestationObject.toString('base64url'),
    registrationClientDataJson: registration.clientDataJSON.toString('base64url'),
    rpId: wanted.rpId,
    origin: registration.origin,
    name: wanted.name,
    enrolledVia: wanted.enrolledVia,
    endorsedBy: wanted.endorsedBy,
    strengthCap: wanted.strengthCap,
    createdAt: wanted.at,
    lastUsedAt: null,
    endedAt: null,
    endedBy: null,
    endedWith: null,
    suspendedBy: null,
  }
  await checkRegistration(tx, { record, policy: wanted.policy, address: wanted.address, at: wanted.at })
  if (wanted.strengthCap !== untestedCap)
    await endPasswordLogin(tx, {
      userId: wanted.userId,
      reason: 'a passkey was registered',
      actor: null,
      at: wanted.at,
    })
  // By another id it would be the same key with another end: what becomes of one in wrong hands is one answer. Of two
  // that bring it at the same instant, the other waits here and then sees it.
  await lockInstance(tx)
  const same = tx.selectFrom('credentialRecord').select('id').where('publicKey', '=', record.publicKey).limit(1)
  if ((await same.executeTakeFirst()) !== undefined) throw knownAlready()
  try {
    await orUniqueViolation(tx.insertInto('credentialRecord').values(record).execute())
  } catch (error) {
    if (error instanceof UniqueViolation) throw knownAlready()
    throw error
  }
  return record
}

const knownAlready = (): ProblemError =>
  conflict('credential-known', 'This passkey is already registered.', { help: 'Use another key or device.' })

/** What to call the model: by metadata, else by the community's list of AAGUIDs; null where neither knows it. */
export const modelNameOf = (
  aaguid: string | null | undefined,
  { model }: Pick<AttestationJudgement, 'model'>,
): string | null => model?.name ?? (aaguid ? nameAaguid(aaguid) : undefined) ?? null

/** A person's passkeys that work, oldest first: neither ended nor suspended by a recovery. */
export function listCredentialRecords(db: Db<'credentialRecord'>, userId: Id<'usr'>): Promise<CredentialRecord[]> {
  return db
    .selectFrom('credentialRecord')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('suspendedBy', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
}

export function findCredentialRecord(
  db: Db<'credentialRecord'>,
  userId: Id<'usr'>,
  id: string,
): Promise<CredentialRecord | undefined> {
  return db
    .selectFrom('credentialRecord')
    .selectAll()
    .where('id', '=', id as Id<'crd'>)
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('suspendedBy', 'is', null)
    .executeTakeFirst()
}

const minuteMs = 60_000

/** What one accepted response changes of its record: counter, backup state, and at most once a minute the time. */
export async function noteUse(
  tx: Tx<'credentialRecord'>,
  record: Pick<CredentialRecord, 'id' | 'signCount' | 'backupState' | 'lastUsedAt'>,
  used: { counter: number; backupState: boolean },
  at: number,
): Promise<void> {
  const backupState = used.backupState ? 1 : 0
  const isTimeDue = record.lastUsedAt === null || at - record.lastUsedAt >= minuteMs
  if (used.counter === record.signCount && backupState === record.backupState && !isTimeDue) return
  const lastUsedAt = isTimeDue ? at : record.lastUsedAt
  await updateUse(tx, { id: record.id, signCount: used.counter, backupState, lastUsedAt })
}

const updateUse = prepared(
  (
    tx: Tx<'credentialRecord'>,
    { id, ...used }: Pick<CredentialRecord, 'id' | 'signCount' | 'backupState' | 'lastUsedAt'>,
  ) => tx.updateTable('credentialRecord').set(used).where('id', '=', id),
)

/**
 * Ends every passkey and session of a person who starts over through a link. The new passkey is made after this, in
 * the same transaction.
 */
export async function endAllCredentials(
  tx: Tx<'credentialRecord' | 'session'>,
  userId: Id<'usr'>,
  at: number,
): Promise<void> {
  await tx
    .updateTable('credentialRecord')
    .set({ endedAt: at })
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .execute()
  await tx
    .updateTable('session')
    .set({ endedAt: at })
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .execute()
}
