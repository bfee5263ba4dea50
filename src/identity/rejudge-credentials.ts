import type { Attestation } from '../attestation/attestation.ts'
import { recordEvent } from '../audit/record.ts'
import type { Bus } from '../bus/bus.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AttestationOutcome, Strength } from '../database/schema.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import { WebauthnError } from '../protocols/webauthn/webauthn-error.ts'
import { modelNameOf } from './credential-records.ts'
import { SESSION_ENDED } from './ending/end-access.ts'

const BATCH = 100

/**
 * Judges every passkey that has not ended anew, from the raw registration kept of it, and writes what came out
 * differently, in batches: the record, its event, which tells its owner, and the strength of sessions that are now worth
 * less. What was begun with a key of a model that is refused from now on ends. Safe to repeat.
 */
export async function rejudgeCredentials(
  parts: { database: Database; attestation: Pick<Attestation, 'judge'>; bus: Pick<Bus, 'publish'>; now: () => number },
  blobNumber: number,
): Promise<void> {
  for (let after = ''; ;) {
    const records = await listBatch(parts.database, after)
    const last = records.at(-1)
    if (last === undefined) return
    after = last.id
    const changes = (await Promise.all(records.map((record) => judgeAgain(parts, record)))).filter(
      (change) => change !== undefined,
    )
    if (changes.length > 0)
      await parts.database.write((tx) => writeChanges(tx, changes, { bus: parts.bus, blobNumber, at: parts.now() }))
  }
}

type StoredCredential = Awaited<ReturnType<typeof listBatch>>[number]

function listBatch({ read }: Pick<Database, 'read'>, after: string) {
  return read
    .selectFrom('credentialRecord')
    .innerJoin('user', 'user.id', 'credentialRecord.userId')
    .select(['credentialRecord.id', 'credentialRecord.userId', 'credentialRecord.name', 'user.username'])
    .select(['aaguid', 'attestationOutcome', 'attestationObject', 'modelName', 'backupEligible', 'strengthCap'])
    .select('credentialRecord.createdAt')
    .where('credentialRecord.endedAt', 'is', null)
    .where('credentialRecord.id', '>', after as Id<'crd'>)
    .orderBy('credentialRecord.id')
    .limit(BATCH)
    .execute()
}

interface Change {
  record: StoredCredential
  outcome: AttestationOutcome
  modelName: string | null
  statuses: string[]
}

async function judgeAgain(
  { attestation }: { attestation: Pick<Attestation, 'judge'> },
  record: StoredCredential,
): Promise<Change | undefined> {
  const judgement = await judgeOrNone(attestation, record)
  if (judgement === undefined) return undefined
  const { outcome, statuses } = judgement
  const modelName = modelNameOf(record.aaguid, judgement)
  if (outcome === record.attestationOutcome && modelName === record.modelName) return undefined
  return { record, outcome, modelName, statuses }
}

/** Undefined where an older version accepted what cannot be read now: it stays what it is. */
async function judgeOrNone(attestation: Pick<Attestation, 'judge'>, record: StoredCredential) {
  const attestationObject = Buffer.from(record.attestationObject, 'base64url')
  try {
    return await attestation.judge({ attestationObject, registeredAt: record.createdAt })
  } catch (error) {
    if (error instanceof WebauthnError) return undefined
    throw error
  }
}

async function writeChanges(
  tx: Tx<'credentialRecord' | 'session' | 'busHead' | 'busMessage' | 'auditEvent' | 'auditPersonal'>,
  changes: Change[],
  { bus, blobNumber, at }: { bus: Pick<Bus, 'publish'>; blobNumber: number; at: number },
): Promise<void> {
  for (const { record, outcome, modelName, statuses } of changes) {
    const { numUpdatedRows } = await tx
      .updateTable('credentialRecord')
      .set({ attestationOutcome: outcome, modelName })
      .where('id', '=', record.id)
      .where('attestationOutcome', '=', record.attestationOutcome)
      .where('endedAt', 'is', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1 || outcome === record.attestationOutcome) continue
    const strength = credentialStrength({ ...record, attestationOutcome: outcome })
    await weakenSessions(tx, record, strength)
    const ended = outcome === 'bad-status' ? await endSessionsOf(tx, bus, record, at) : 0
    await recordEvent(tx, {
      action: 'credential.rejudged',
      actor: null,
      target: { kind: 'credential', id: record.id },
      facts: {
        credential: record.name,
        person: record.username,
        former: record.attestationOutcome,
        formerStrength: credentialStrength(record),
        now: outcome,
        strength,
        blob: blobNumber,
        model: modelName ?? '',
        statuses: statuses.join(' '),
        ...(ended === 0 ? {} : { sessions: ended }),
      },
      at,
    })
  }
}

/** Its sessions are found by its person: no index leads from a key to them. */
type Key = Pick<StoredCredential, 'id' | 'userId'>

/** What was proven with a key stays no stronger than the key; a session becomes stronger only by a new tap. */
async function weakenSessions(tx: Tx<'session'>, { id, userId }: Key, strength: Strength): Promise<void> {
  const stronger = (['device-bound', 'attested'] as const).filter((one) => !isAtLeast(strength, one))
  if (stronger.length === 0) return
  await tx
    .updateTable('session')
    .set({ strength })
    .where('userId', '=', userId)
    .where('credentialRecordId', '=', id)
    .where('endedAt', 'is', null)
    .where('strength', 'in', stronger)
    .execute()
}

/** Whoever holds such a key signs in anew, and proves no more with it than it is worth. */
async function endSessionsOf(
  tx: Tx<'session' | 'busHead' | 'busMessage'>,
  bus: Pick<Bus, 'publish'>,
  { id: credentialRecordId, userId }: Key,
  at: number,
): Promise<number> {
  const ended = await tx
    .updateTable('session')
    .set({ endedAt: at })
    .where('userId', '=', userId)
    .where('credentialRecordId', '=', credentialRecordId)
    .where('endedAt', 'is', null)
    .returning('id')
    .execute()
  for (const { id } of ended) await bus.publish(tx, SESSION_ENDED, id, at)
  return ended.length
}
