import { randomInt } from 'node:crypto'
import type { Db } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import { isReserved } from '../../identity/users.ts'
import { usernameFrom } from '../upstream/free-username.ts'

/**
 * A name here for somebody the directory calls `userName`: from what stands before the @, with a number where it is
 * taken. Names are never given twice, so a few are tried at once and then a large number: ten thousand people with one
 * name cost no more than one.
 */
export async function deriveUsername(db: Db<'user'>, userName: string): Promise<string> {
  const base = usernameFrom(userName).replace(/-+$/, '')
  const names = [base, ...[2, 3, 4, 5].map((number) => `${base}${number}`)]
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = names
  const taken = await amongNames(db, { first, second, third, fourth, fifth })
  const isTaken = new Set(taken.map(({ username }) => username))
  return (
    names.find((name) => !isTaken.has(name) && !isReserved(name)) ??
    `${base.slice(0, 28)}${randomInt(100_000_000, 1_000_000_000)}`
  )
}

type Names = Record<'first' | 'second' | 'third' | 'fourth' | 'fifth', string>

const amongNames = prepared((db: Db<'user'>, { first, second, third, fourth, fifth }: Names) =>
  db.selectFrom('user').select('username').where('username', 'in', [first, second, third, fourth, fifth]),
)
