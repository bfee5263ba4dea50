import { findBadStatuses } from '../attestation/statuses.ts'
import type { Db } from '../database/handles.ts'
import type { StatusReport } from '../protocols/webauthn/metadata-entry.ts'

/**
 * AAGUIDs of the models that would be bad if these reports counted: what is stored of keys says it only for the reports
 * that count today. Reports about single certificates are taken for the whole model.
 */
export async function listBadModels(
  db: Db<'authenticatorModel'>,
  refused: readonly string[],
  now: number,
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('authenticatorModel')
    .select(['key', 'statusReports'])
    .where('statusReports', '!=', '[]')
    .execute()
  return new Set(
    rows.flatMap(({ key, statusReports }) => {
      const reports = JSON.parse(statusReports) as StatusReport[]
      return findBadStatuses(reports, { refused, path: [], now }).length > 0 ? [key] : []
    }),
  )
}

/** Those of them that are bad by the reports of a draft, and are not by those that count today. */
export async function listNewlyBad(
  db: Db<'authenticatorModel'>,
  { before, after, at }: { before: readonly string[]; after: readonly string[]; at: number },
): Promise<Set<string>> {
  return (await listBadModels(db, after, at)).difference(await listBadModels(db, before, at))
}
