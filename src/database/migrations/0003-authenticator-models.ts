import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'

/** FIDO metadata, and what it makes of each passkey. The former version neither reads nor writes what is new here. */
export const authenticatorModels = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const text = dialect === 'postgres' ? 'text collate "C"' : 'text'
    const integer = dialect === 'postgres' ? 'bigint' : 'integer'
    const columns = (list: string): string => list.replaceAll(' text', ` ${text}`).replaceAll(' integer', ` ${integer}`)
    for (const [table, list] of Object.entries(tables))
      await sql.raw(`create table "${table}" (${columns(list)})`).execute(database)
    await sql.raw(`alter table "credentialRecord" add column "modelName" ${text}`).execute(database)
  },
})

const tables: Record<string, string> = {
  metadataBlob: `"number" integer primary key, "nextUpdate" integer not null, "importedAt" integer not null,
    "source" text not null, "sha256" text not null, "legalHeader" text not null, "judgedBy" text`,

  authenticatorModel: `"key" text primary key, "name" text not null, "icon" text, "certification" text,
    "isHardware" integer not null, "sharesRoots" integer not null, "keyProtection" text not null,
    "attachmentHint" text not null, "userVerification" text not null, "statusReports" text not null,
    "attestationRoots" text not null`,
}
