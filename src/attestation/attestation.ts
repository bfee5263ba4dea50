import type { Database } from '../database/handles.ts'
import { readAttestationEvidence } from '../protocols/webauthn/attestation-evidence.ts'
import { type MetadataBlob, type MetadataTrust, verifyMetadataBlob } from '../protocols/webauthn/metadata-blob.ts'
import { type ImportedMetadata, type ImportWish, importMetadata, isOverdue } from './import-metadata.ts'
import { type AttestationJudgement, judgeAttestation, modelKeyOf } from './judge-attestation.ts'
import { findModel, listPictured } from './models.ts'

export type MetadataImport = Pick<ImportWish, 'source' | 'by'> & {
  /** In place of the trust that this instance has. */
  trust?: MetadataTrust
}

/** What is in force, and how the last attempt to fetch went in this process. */
export interface MetadataState {
  number: number
  nextUpdate: number
  importedAt: number
  source: string
  isOverdue: boolean
  models: number
}

export interface Attestation {
  /** The status reports that count against a model (MDS v3 §3.1.4), as the policy in force names them. */
  readonly refuseStatuses: readonly string[]
  /** What a registration proves, its statement having been verified. */
  judge(registration: { attestationObject: Buffer; registeredAt: number }): Promise<AttestationJudgement>
  /** AAGUIDs among these that have a picture. */
  listPictured(aaguids: readonly string[]): Promise<Set<string>>
  /** @throws MetadataError */
  verifyBlob(text: string, trust?: MetadataTrust): MetadataBlob
  /** Puts a blob in force and has every passkey judged anew. @throws MetadataError */
  importBlob(text: string, wanted: MetadataImport): Promise<ImportedMetadata>
  /** The metadata in force. */
  findState(): Promise<MetadataState | undefined>
  /** Who judges the stored passkeys; called after each import, and by `catchUp`. */
  onImported(judgeAll: (blobNumber: number) => Promise<void>): void
  /**
   * Judges all passkeys where that was not finished, or other statuses are refused since. Nothing where nobody judges
   * them here, as on the command line: the server does when it starts.
   */
  catchUp(): Promise<void>
}

/**
 * `attestation/` owns what is known of authenticator models: FIDO metadata and its status reports; it judges what a
 * registration proves against that. It never reads people, passkeys or sessions, and judging never asks a network.
 */
export function createAttestation(parts: {
  database: Database
  now: () => number
  trust: MetadataTrust
  /** Asked each time: an administrator may choose others. */
  refuseStatuses: () => readonly string[]
}): Attestation {
  const { database, now } = parts
  const listRefused = (): string[] => [...parts.refuseStatuses()].sort()
  let judgeAll: ((blobNumber: number) => Promise<void>) | undefined

  const catchUp = async (): Promise<void> => {
    const row = await database.read.selectFrom('metadataBlob').select(['number', 'judgedBy']).executeTakeFirst()
    const judgedBy = listRefused().join(' ')
    if (judgeAll === undefined || row === undefined || row.judgedBy === judgedBy) return
    await judgeAll(row.number)
    await database.write((tx) =>
      tx.updateTable('metadataBlob').set({ judgedBy }).where('number', '=', row.number).execute(),
    )
  }
  const verifyBlob: Attestation['verifyBlob'] = (text, trust = parts.trust) =>
    verifyMetadataBlob(text, { trust, at: now() })

  return {
    get refuseStatuses() {
      return listRefused()
    },
    verifyBlob,
    catchUp,
    listPictured: (aaguids) => listPictured(database.read, aaguids),
    async judge({ attestationObject, registeredAt }) {
      const evidence = readAttestationEvidence(attestationObject)
      const model = await findModel(database.read, modelKeyOf(evidence))
      return judgeAttestation(evidence, { model, refuseStatuses: listRefused(), registeredAt, now: now() })
    },
    async importBlob(text, { trust, ...wanted }) {
      const blob = verifyBlob(text, trust)
      const imported = await importMetadata(database, { ...wanted, blob, text, at: now() })
      await catchUp()
      return imported
    },
    async findState() {
      const row = await database.read.selectFrom('metadataBlob').selectAll().executeTakeFirst()
      if (row === undefined) return undefined
      const { count } = await database.read
        .selectFrom('authenticatorModel')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      const { number, nextUpdate, importedAt, source } = row
      return { number, nextUpdate, importedAt, source, isOverdue: isOverdue(nextUpdate, now()), models: count }
    },
    onImported(callback) {
      judgeAll = callback
    },
  }
}
