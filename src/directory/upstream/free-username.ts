import type { Db } from '../../database/handles.ts'
import { findUserByUsername, isReserved } from '../../identity/users.ts'

const longest = 34

/** A name that nobody has or had, after what stands before the @: `ana.maria@…` becomes `ana-maria`, or `ana-maria2`. */
export async function freeUsername(db: Db<'user'>, address: string): Promise<string> {
  const base = usernameFrom(address)
  for (let number = 1; number < 10_000; number += 1) {
    const name = number === 1 ? base : `${base}${number}`
    if (!isReserved(name) && (await findUserByUsername(db, name)) === undefined) return name
  }
  throw new Error(`no name is free after ${base}`)
}

export function usernameFrom(address: string): string {
  const plain = (address.split('@')[0] ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longest)
  return plain.length >= 2 ? plain : `user-${plain || 'new'}`
}
