import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OwnerLine, OwnerProblem } from './parse.ts'
import { quote } from './parse.ts'

export type Owner = { kind: 'user'; id: Id<'usr'>; name: string } | { kind: 'group'; id: Id<'grp'>; name: string }

export interface FoundOwners {
  /** By the name as it is written in the file; what names nobody is left out. */
  owners: ReadonlyMap<string, Owner>
  problems: OwnerProblem[]
}

const chunk = 500

/**
 * Whom the owners of these lines are: `@username`, `@group`, or the address of exactly one person. A name that a person
 * and a group share is nobody's, so that making one never takes over what the other owns.
 */
export async function findOwners(
  db: Db<'user' | 'userGroup'>,
  lines: readonly Pick<OwnerLine, 'line' | 'owners'>[],
): Promise<FoundOwners> {
  const written = [...new Set(lines.flatMap(({ owners }) => owners))]
  const names = written.flatMap((name) => (name.startsWith('@') ? [name.slice(1).toLowerCase()] : []))
  const mails = written.flatMap((name) => (isMail(name) ? [name.toLowerCase()] : []))
  const people = await inChunks(names, (some) =>
    db
      .selectFrom('user')
      .select(['id', 'username', 'kind', 'state'])
      .where('username', 'in', some)
      .where('kind', '!=', 'system')
      .execute(),
  )
  const groups = await inChunks(names, (some) =>
    db
      .selectFrom('userGroup')
      .select(['id', 'name'])
      .where((eb) => eb(eb.fn<string>('lower', ['name']), 'in', some))
      .execute(),
  )
  const addressed = await inChunks(mails, (some) =>
    db
      .selectFrom('user')
      .select(['id', 'username', 'email'])
      .where('kind', '=', 'person')
      .where('state', '=', 'active')
      .where((eb) => eb(eb.fn<string>('lower', ['email']), 'in', some))
      // Anybody can write an address into their account.
      .where((eb) => eb.or([eb('emailVerifiedAt', 'is not', null), eb('managedBy', 'like', 'dir%')]))
      .execute(),
  )
  const byUsername = new Map(people.map((row) => [row.username, row]))
  const byGroup = new Map(groups.map((row) => [row.name.toLowerCase(), row]))
  const byMail = new Map<string, typeof addressed>()
  for (const row of addressed)
    byMail.set(row.email.toLowerCase(), [...(byMail.get(row.email.toLowerCase()) ?? []), row])

  const owners = new Map<string, Owner>()
  const wrong = new Map<string, string>()
  for (const name of written) {
    const found = find(name)
    if (typeof found === 'string') wrong.set(name, found)
    else owners.set(name, found)
  }
  const problems = lines.flatMap(({ line, owners: named }) =>
    named.flatMap((name) => {
      const sentence = wrong.get(name)
      return sentence === undefined ? [] : [{ line, sentence: `${quote(name)} ${sentence}.` }]
    }),
  )
  return { owners, problems }

  function find(name: string): Owner | string {
    if (isMail(name)) {
      const [one, ...more] = byMail.get(name.toLowerCase()) ?? []
      if (one === undefined) return 'is nobody’s address here'
      return more.length > 0 ? 'is the address of several people' : { kind: 'user', id: one.id, name: one.username }
    }
    if (!name.startsWith('@')) return 'is neither @somebody nor an address'
    const plain = name.slice(1).toLowerCase()
    if (plain.includes('/')) return 'is written as on another forge: groups are named here as @group'
    const [person, group] = [byUsername.get(plain), byGroup.get(plain)]
    if (person !== undefined && group !== undefined) return 'is both a person and a group, so it means neither'
    if (group !== undefined) return { kind: 'group', id: group.id, name: group.name }
    if (person === undefined) return 'is nobody here'
    if (person.kind !== 'person') return 'is not a person, and only people own'
    if (person.state !== 'active') return 'no longer has access'
    return { kind: 'user', id: person.id, name: person.username }
  }
}

const isMail = (name: string): boolean => !name.startsWith('@') && name.includes('@')

async function inChunks<Row>(keys: readonly string[], ask: (some: string[]) => Promise<Row[]>): Promise<Row[]> {
  const unique = [...new Set(keys)]
  const rows: Row[] = []
  for (let at = 0; at < unique.length; at += chunk) rows.push(...(await ask(unique.slice(at, at + chunk))))
  return rows
}
