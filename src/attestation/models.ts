import { X509Certificate } from 'node:crypto'
import type { Db } from '../database/handles.ts'
import type { AuthenticatorModelTable } from '../database/schema.ts'
import type { MetadataEntry, StatusReport } from '../protocols/webauthn/metadata-entry.ts'
import { nameAaguid } from '../protocols/webauthn/aaguid-names.ts'

/** What judging needs to know of one authenticator model. */
export interface AuthenticatorModel {
  /** AAGUID, or the key identifier of a U2F key's attestation certificate. */
  key: string
  name: string
  isHardware: boolean
  sharesRoots: boolean
  statusReports: StatusReport[]
  roots: X509Certificate[]
}

export async function findModel(
  db: Db<'authenticatorModel'>,
  key: string | undefined,
): Promise<AuthenticatorModel | undefined> {
  if (key === undefined) return undefined
  const row = await db
    .selectFrom('authenticatorModel')
    .select(['key', 'name', 'isHardware', 'sharesRoots', 'statusReports', 'attestationRoots'])
    .where('key', '=', key)
    .executeTakeFirst()
  return row && modelOf(row)
}

type JudgedColumns = 'key' | 'name' | 'isHardware' | 'sharesRoots' | 'statusReports' | 'attestationRoots'

export const modelOf = (row: Pick<AuthenticatorModelTable, JudgedColumns>): AuthenticatorModel => ({
  key: row.key,
  name: row.name,
  isHardware: row.isHardware === 1,
  sharesRoots: row.sharesRoots === 1,
  statusReports: JSON.parse(row.statusReports) as StatusReport[],
  roots: (JSON.parse(row.attestationRoots) as string[]).map((der) => new X509Certificate(Buffer.from(der, 'base64'))),
})

/** Which of these AAGUIDs the metadata has a picture for. */
export async function listPictured(db: Db<'authenticatorModel'>, aaguids: readonly string[]): Promise<Set<string>> {
  if (aaguids.length === 0) return new Set()
  const rows = await db
    .selectFrom('authenticatorModel')
    .select('key')
    .where('key', 'in', [...aaguids])
    .where('icon', 'is not', null)
    .execute()
  return new Set(rows.map(({ key }) => key))
}

/** The rows of a blob's entries. */
export function renderModels(entries: readonly MetadataEntry[]): AuthenticatorModelTable[] {
  const uses = new Map<string, number>()
  for (const { attestationRoots } of entries)
    for (const root of new Set(attestationRoots)) uses.set(root, (uses.get(root) ?? 0) + 1)
  return entries.flatMap((entry) => {
    const shared = entry.attestationRoots.some((root) => (uses.get(root) ?? 0) > 1)
    return entry.keys.map((key) => ({
      key,
      name: entry.name ?? nameAaguid(key) ?? key,
      icon: entry.icon,
      certification: entry.statusReports.findLast(({ status }) => status.startsWith('FIDO_CERTIFIED'))?.status ?? null,
      isHardware: isHardware(entry.keyProtection) ? (1 as const) : (0 as const),
      sharesRoots: shared ? (1 as const) : (0 as const),
      keyProtection: JSON.stringify(entry.keyProtection),
      attachmentHint: JSON.stringify(entry.attachmentHint),
      userVerification: JSON.stringify(entry.userVerification),
      statusReports: JSON.stringify(entry.statusReports),
      attestationRoots: JSON.stringify(entry.attestationRoots),
    }))
  })
}

/** FIDO registry §3.2: `software` and the others exclude each other. */
const isHardware = (keyProtection: readonly string[]): boolean =>
  !keyProtection.includes('software') &&
  ['hardware', 'tee', 'secure_element'].some((word) => keyProtection.includes(word))
