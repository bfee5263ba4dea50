import { type Application, findApplication, findApplicationBySlug } from '../../applications/application.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { FullSettings } from './saml-settings.ts'
import { withDefaults, type SamlSettings } from './saml-settings.ts'

/** An application that asks by SAML. */
export interface ServiceProvider {
  application: Application
  settings: FullSettings
}

type Tables = 'application' | 'applicationGroup' | 'samlServiceProvider'

/** By what it calls itself, byte for byte. Undefined where there is none, or no more. */
export async function findByEntityId(db: Db<Tables>, entityId: string): Promise<ServiceProvider | undefined> {
  const row = await db.selectFrom('samlServiceProvider').selectAll().where('entityId', '=', entityId).executeTakeFirst()
  const application = row && (await findApplication(db, row.applicationId))
  return row && application && { application, settings: readSettings(row) }
}

export async function findByApplication(
  db: Db<Tables>,
  which: { id: Id<'app'> } | { slug: string },
): Promise<ServiceProvider | undefined> {
  const application = 'id' in which ? await findApplication(db, which.id) : await findApplicationBySlug(db, which.slug)
  if (application?.kind !== 'saml') return undefined
  const settings = await findSettings(db, application.id)
  return settings && { application, settings }
}

export async function findSettings(
  db: Db<'samlServiceProvider'>,
  applicationId: Id<'app'>,
): Promise<FullSettings | undefined> {
  const row = await db
    .selectFrom('samlServiceProvider')
    .select('settings')
    .where('applicationId', '=', applicationId)
    .executeTakeFirst()
  return row && readSettings(row)
}

const readSettings = ({ settings }: { settings: string }): FullSettings =>
  withDefaults(JSON.parse(settings) as SamlSettings)
