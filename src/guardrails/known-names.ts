import type { Db } from '../database/handles.ts'
import type { KnownNames } from '../policy/check-policy.ts'
import type { Places } from './places.ts'

/** Who and what rules may name. Whoever left keeps their name for ever, so a rule about them stays valid. */
export async function readKnownNames(db: Db<'user' | 'userGroup'>, { pathOf }: Places): Promise<KnownNames> {
  const users = await db.selectFrom('user').select('username').where('kind', '!=', 'system').execute()
  const groups = await db.selectFrom('userGroup').select('name').execute()
  return {
    usernames: new Set(users.map(({ username }) => username)),
    groups: new Set(groups.map(({ name }) => name)),
    places: new Set(pathOf.keys()),
  }
}
