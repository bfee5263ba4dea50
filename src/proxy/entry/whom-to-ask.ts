import type { Db } from '../../database/handles.ts'
import type { Caller } from '../../identity/caller.ts'

const mostNamed = 3

/**
 * Whom “Ask an administrator” means, for a person who may know it: a guest knows of nobody but the one who answers for
 * them. Empty where there is nobody to name.
 */
export async function whomToAsk(
  db: Db<'user'>,
  { id, role, by }: Pick<Caller, 'id' | 'role'> & { by: { kind: string } },
): Promise<string> {
  if (by.kind !== 'session') return ''
  const people = db
    .selectFrom('user')
    .select('user.displayName')
    .where('user.kind', '=', 'person')
    .where('user.state', '=', 'active')
    .where('user.isDemo', '=', 0)
    .where('user.id', '!=', id)
  if (role === 'guest') {
    const sponsorOf = db
      .selectFrom('user')
      .select('user.sponsorId')
      .where('user.id', '=', id)
      .$castTo<{ id: typeof id }>()
    const sponsor = await people.where('user.id', 'in', sponsorOf).executeTakeFirst()
    return sponsor === undefined ? '' : ` Begin with ${sponsor.displayName}, who answers for you.`
  }
  const rows = await people
    .where('user.role', 'in', ['owner', 'admin'])
    .orderBy('user.createdAt')
    .limit(mostNamed + 1)
    .execute()
  if (rows.length === 0) return ''
  const names = rows.slice(0, mostNamed).map(({ displayName }) => displayName)
  return ` Administrators here: ${names.join(', ')}${rows.length > mostNamed ? ', and others' : ''}.`
}
