import type { Db } from '../database/handles.ts'
import { likeAnywhere, likeBeginning } from '../database/like.ts'
import { cutPage, parseCursor } from '../http/page.ts'
import type { StatusReport } from '../protocols/webauthn/metadata-entry.ts'
import type { ModelView } from './shapes.ts'
import { findBadStatuses } from './statuses.ts'

const PAGE = 50

/** Models by name, a page at a time; `search` is a part of the name, or the beginning of an AAGUID. */
export async function listModels(
  db: Db<'authenticatorModel'>,
  wanted: { search: string | undefined; cursor: string | undefined; refuseStatuses: readonly string[]; now: number },
): Promise<{ items: ModelView[]; nextCursor: string | null }> {
  const columns = ['key', 'name', 'certification', 'isHardware', 'attachmentHint', 'userVerification'] as const
  let query = db
    .selectFrom('authenticatorModel')
    .select([...columns, 'statusReports'])
    .select(({ eb }) => eb.case().when('icon', 'is', null).then(0).else(1).end().as('hasIcon'))
  if (wanted.search !== undefined && wanted.search !== '') {
    const { search } = wanted
    query = query.where(({ eb, fn, or }) =>
      or([eb(fn<string>('lower', ['name']), 'like', likeAnywhere(search)), eb('key', 'like', likeBeginning(search))]),
    )
  }
  if (wanted.cursor !== undefined) {
    const [name, key] = parseCursor(wanted.cursor, 'string', 'string')
    query = query.where(({ eb, or, and }) =>
      or([eb('name', '>', name), and([eb('name', '=', name), eb('key', '>', key)])]),
    )
  }
  const rows = await query
    .orderBy('name')
    .orderBy('key')
    .limit(PAGE + 1)
    .execute()
  return cutPage(
    rows,
    ({ name, key }) => [name, key],
    (row) => renderModel(row, wanted),
    PAGE,
  )
}

interface ModelRow {
  key: string
  name: string
  certification: string | null
  isHardware: number
  attachmentHint: string
  userVerification: string
  statusReports: string
  hasIcon: number
}

function renderModel(row: ModelRow, judged: { refuseStatuses: readonly string[]; now: number }): ModelView {
  const reports = JSON.parse(row.statusReports) as StatusReport[]
  return {
    key: row.key,
    name: row.name,
    category: (JSON.parse(row.attachmentHint) as string[]).includes('internal') ? 'platform' : 'hardware-key',
    hasIcon: row.hasIcon === 1,
    certification: row.certification,
    isHardware: row.isHardware === 1,
    userVerification: JSON.parse(row.userVerification) as string[],
    statuses: reports.map(({ status, effectiveAt }) => ({ status, effectiveAt })),
    refusedFor: findBadStatuses(reports, { refused: judged.refuseStatuses, path: [], now: judged.now }),
  }
}
