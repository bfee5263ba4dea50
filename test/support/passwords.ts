import { hashSync } from 'bcryptjs'
import type { Id } from '../../src/database/id.ts'
import { keepPassword } from '../../src/identity/passwords/password-logins.ts'
import type { Rule, RulePermission } from '../../src/policy/rule.ts'
import { Person } from '../../src/walk/person.ts'
import type { StartedPostern } from './start-postern.ts'

export const password = 'an old password of nobody else'

/** Lets the group `movers` in with a password until then. */
export const permission = (until: number, signIn: RulePermission['signIn'] = 'password'): Rule => ({
  id: 'moving-in',
  title: 'Moving in',
  mode: 'enforce',
  who: ['group:movers'],
  does: ['sign-in'],
  requires: {},
  permits: { signIn, until },
})

/** Somebody in the group `movers` who has a password, as an import leaves it, and no passkey. */
export async function addMover(
  postern: StartedPostern,
  owner: Person,
  username: string,
  { role = 'member', hash = hashSync(password, 4) }: { role?: string; hash?: string } = {},
): Promise<{ id: Id<'usr'>; username: string; link: string }> {
  const wanted = { username, displayName: `${username} Example`, email: `${username}@example.com`, role }
  const { person, link } = await owner.act<{ person: { id: Id<'usr'> }; link: string }>('POST', '/people', wanted)
  await owner.act('PUT', `/groups/movers/members/${username}`, {})
  const { database, now } = postern.postern.ceremonies
  await database.write((tx) => keepPassword(tx, { userId: person.id, hash, at: now() }))
  return { id: person.id, username, link }
}

/** A browser in which somebody signs in with a password. */
export async function byPassword(
  postern: StartedPostern,
  name: string,
  more: { password?: string; code?: string } = {},
): Promise<Person> {
  const browser = postern.stranger()
  await browser.call('POST', '/sign-in/password', { name, password, ...more })
  return browser
}
