import { hash } from 'node:crypto'
import { type AuditEntry, recordEvent } from '../audit/record.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { AuthenticatorModelTable, TableName } from '../database/schema.ts'
import type { MetadataBlob } from '../protocols/webauthn/metadata-blob.ts'
import { MetadataError } from '../protocols/webauthn/metadata-error.ts'
import { renderModels } from './models.ts'

export interface ImportedMetadata {
  /** `unchanged`: this number is in force already, nothing was written. */
  outcome: 'imported' | 'unchanged'
  number: number
  nextUpdate: number
  models: number
  /** Its maker promised a newer one by now: it is taken, and whoever imports it is told. */
  isOverdue: boolean
}

const ROWS_AT_ONCE = 50

export interface ImportWish {
  blob: MetadataBlob
  text: string
  /** A file's name, an address, or `upload`. */
  source: string
  /** Who does it, found in the same transaction: there a seal is taken. Nobody where left out. */
  by?: (tx: Tx<TableName>) => Promise<ImportedBy>
  at: number
}

export type ImportedBy = Pick<AuditEntry, 'actor' | 'method' | 'facts'>

/**
 * Puts a verified blob in force, its models in place of all former ones, in one transaction. Numbers only rise.
 * @throws MetadataError `metadata-older`
 */
export async function importMetadata(database: Database, wanted: ImportWish): Promise<ImportedMetadata> {
  const { blob, at, source } = wanted
  const models = renderModels(blob.entries)
  const { number, nextUpdate } = blob
  const outcome = await database.write(async (tx) => {
    const { facts, ...by } = (await wanted.by?.(tx)) ?? { actor: null }
    const inForce = await lockMetadata(tx)
    refuseOlder(number, inForce)
    if (number === inForce) return 'unchanged' as const
    const sha256 = hash('sha256', wanted.text.trim(), 'hex')
    await tx.deleteFrom('metadataBlob').execute()
    await tx
      .insertInto('metadataBlob')
      .values({ number, nextUpdate, importedAt: at, source, sha256, legalHeader: blob.legalHeader, judgedBy: null })
      .execute()
    await replaceModels(tx, models)
    await recordEvent(tx, {
      action: 'metadata.imported',
      ...by,
      target: { kind: 'metadata', id: String(number) },
      facts: { number, nextUpdate: dayOf(nextUpdate), models: models.length, source, sha256, ...facts },
      at,
    })
    return 'imported' as const
  })
  return { outcome, number, nextUpdate, models: models.length, isOverdue: isOverdue(nextUpdate, at) }
}

/** @throws MetadataError `metadata-older` */
export function refuseOlder(number: number, inForce: number | undefined): void {
  if (inForce !== undefined && number < inForce)
    throw new MetadataError(
      'metadata-older',
      `This metadata is number ${number}, older than number ${inForce}, which is in force. Nothing was changed.`,
    )
}

export const dayMs = 86_400_000

/** The blob is good through the day it names. */
export const isOverdue = (nextUpdate: number, now: number): boolean => now >= nextUpdate + dayMs

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** The number in force; two imports at once queue here for the row. */
async function lockMetadata(tx: Tx<'metadataBlob'>): Promise<number | undefined> {
  await tx
    .updateTable('metadataBlob')
    .set(({ ref }) => ({ number: ref('number') }))
    .execute()
  const row = await tx.selectFrom('metadataBlob').select('number').executeTakeFirst()
  return row?.number
}

async function replaceModels(tx: Tx<'authenticatorModel'>, models: AuthenticatorModelTable[]): Promise<void> {
  await tx.deleteFrom('authenticatorModel').execute()
  for (let at = 0; at < models.length; at += ROWS_AT_ONCE)
    await tx
      .insertInto('authenticatorModel')
      .values(models.slice(at, at + ROWS_AT_ONCE))
      .execute()
}
