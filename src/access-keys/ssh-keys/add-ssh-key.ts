import { recordEvent } from '../../audit/record.ts'
import { type Database, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import { newId } from '../../database/id.ts'
import type { SshKeyTable, TableName } from '../../database/schema.ts'
import { conflict, type ProblemError } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { findCredentialRecord } from '../../identity/credential-records.ts'
import { checkStillHere } from '../../identity/ending/check-still-here.ts'
import { lockInstance } from '../../identity/lock-instance.ts'
import type { SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { isKeyTaken } from './key-taken.ts'
import type { ProvenModel } from './prove-possession.ts'
import { listSshKeys } from './read-ssh-keys.ts'
import type { NewSshKey } from './shapes.ts'

const dayMs = 86_400_000
const mostKeys = 50

/** Adds a key in the transaction that uses up the tap it takes. @throws 409 where it is somebody's, or there are too many */
export async function addSshKey(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { key: SshPublicKey; model: ProvenModel | null; body: NewSshKey },
): Promise<SshKeyTable> {
  const { key, model, body } = wanted
  const at = now()
  return database.write(async (tx) => {
    const seal = await takeSeal(tx)
    await lockInstance(tx)
    await checkStillHere(tx, caller.id)
    const tapped = await findCredentialRecord(tx, caller.id, seal.credentialRecordId)
    const row: SshKeyTable = {
      id: newId('ssk'),
      userId: caller.id,
      name: body.name,
      publicKey: key.blob.toString('base64'),
      keyType: key.type,
      fingerprint: key.fingerprint,
      forLogin: body.forLogin ? 1 : 0,
      forSigning: body.forSigning ? 1 : 0,
      application: key.application,
      attestationOutcome: model?.outcome ?? null,
      attestationObject: model?.attestationObject ?? null,
      aaguid: model?.aaguid ?? null,
      modelName: model?.modelName ?? null,
      // Of a key that may only log in the statement says nothing.
      addedBy: body.forSigning ? seal.id : null,
      // A new key is worth no more than the one that let it in.
      strengthCap: tapped?.strengthCap ?? null,
      counter: 0,
      createdAt: at,
      expiresAt: body.expiresInDays === null ? null : at + body.expiresInDays * dayMs,
      lastUsedAt: null,
      lastUsedFrom: null,
      endedAt: null,
    }
    await checkFree(tx, row)
    try {
      await orUniqueViolation(tx.insertInto('sshKey').values(row).execute())
    } catch (error) {
      if (error instanceof UniqueViolation) throw keyTaken()
      throw error
    }
    await recordEvent(tx, {
      action: 'ssh-key.added',
      actor: actorOf(caller, seal),
      target: { kind: 'ssh-key', id: row.id },
      facts: {
        key: row.name,
        type: row.keyType,
        fingerprint: row.fingerprint,
        may: [...(row.forLogin ? ['log in'] : []), ...(row.forSigning ? ['sign'] : [])].join(', '),
        ...(row.attestationOutcome === null ? {} : { attestation: row.attestationOutcome }),
        ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt }),
        seal: seal.id,
      },
      at,
    })
    return row
  })
}

async function checkFree(tx: Tx<TableName>, { userId, fingerprint }: SshKeyTable): Promise<void> {
  const own = await listSshKeys(tx, userId)
  if (own.length >= mostKeys)
    throw conflict('too-many-keys', `You have ${mostKeys} SSH keys, which is the most.`, {
      help: 'End one of them first.',
    })
  if (own.some((one) => one.fingerprint === fingerprint))
    throw conflict('key-known', 'You have added this key already.', { help: 'Use it as it is, or add another one.' })
  if (await isKeyTaken(tx, fingerprint, { by: userId })) throw keyTaken()
}

/** For whoever adds one, wherever it belongs already: that is not theirs to know. */
const keyTaken = (): ProblemError =>
  conflict('key-taken', 'This key is already used here, by somebody else or for a repository.', {
    help: 'Make one of your own: ssh-keygen -t ed25519',
  })
