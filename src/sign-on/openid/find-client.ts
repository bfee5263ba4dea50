import { type Application, findApplication } from '../../applications/application.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OpenidClientTable } from '../../database/schema.ts'
import { type FullSettings, type OpenidSettings, withDefaults } from './client-settings.ts'

/** An application as the OAuth server knows it. Its id is its client id. */
export interface OpenidClient {
  application: Application
  settings: FullSettings
  /** Of the secrets that are good now; none where it keeps none. */
  secretHashes: readonly string[]
}

type Tables = 'application' | 'applicationGroup' | 'openidClient'

/** Undefined where there is none, or no more. */
export async function findOpenidClient(db: Db<Tables>, id: string, at: number): Promise<OpenidClient | undefined> {
  if (!isApplicationId(id)) return undefined
  const application = await findApplication(db, id)
  if (application?.kind !== 'openid') return undefined
  const row = await findRow(db, application.id)
  return row && { application, settings: readSettings(row), secretHashes: goodSecrets(row, at) }
}

/** Ids of applications are client ids; programs that are known by name never look like one. */
export const isApplicationId = (id: string): id is Id<'app'> => /^app_[0-9a-z]{20,40}$/.test(id)

export const findRow = (db: Db<'openidClient'>, applicationId: Id<'app'>) =>
  db.selectFrom('openidClient').selectAll().where('applicationId', '=', applicationId).executeTakeFirst()

/** Also where that application has ended: what it was told last may still be looked at. */
export const isRsaWanted = async (db: Db<'openidClient'>): Promise<boolean> =>
  (await db
    .selectFrom('openidClient')
    .select('applicationId')
    // JSON that we wrote, without blanks.
    .where('settings', 'like', '%"idTokenAlgorithm":"RS256"%')
    .limit(1)
    .executeTakeFirst()) !== undefined

export const readSettings = ({ settings }: Pick<OpenidClientTable, 'settings'>): FullSettings =>
  withDefaults(JSON.parse(settings) as OpenidSettings)

const goodSecrets = ({ secretHash, formerHash, formerUntil }: OpenidClientTable, at: number): string[] => [
  ...(secretHash === null ? [] : [secretHash]),
  ...(formerHash !== null && formerUntil !== null && formerUntil > at ? [formerHash] : []),
]
