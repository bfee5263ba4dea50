import type { Db } from '../database/handles.ts'
import type { KnownNames } from '../policy/check-policy.ts'
import type { Places } from './places.ts'

/** Who and what rules may name. Whoever left keeps their name for ever, so a rule about them stays valid. */
export async function readKnownNames(
  db: Db<'user' | 'userGroup' | 'application'>,
  { pathOf }: Places,
): Promise<KnownNames> {
  const users = await db.selectFrom('user').select('username').where('kind', '!=', 'system').execute()
  const groups = await db.selectFrom('userGroup').select('name').execute()
  // Ended ones too: a rule about a tool that is gone would otherwise keep every other from being changed.
  const applications = await db.selectFrom('application').select(['slug', 'kind', 'endedAt']).execute()
  const asking = applications.filter(({ kind, endedAt }) => kind !== 'route' && endedAt === null)
  return {
    applications: new Set(applications.map(({ slug }) => slug)),
    askingOnly: new Set(asking.map(({ slug }) => slug)),
    usernames: new Set(users.map(({ username }) => username)),
    groups: new Set(groups.map(({ name }) => name)),
    places: new Set(pathOf.keys()),
  }
}
