import { Type } from 'typebox'
import { invalid } from './problem.ts'

export const pageSize = 50

/** A key may be the name of a branch, which has up to 250 bytes. */
export const CursorQuery = { cursor: Type.Optional(Type.String({ maxLength: 1_000 })) }

/** A cursor is a list of keys of the last row seen, opaque to callers. */
export const renderCursor = (keys: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url')

/** Rows are ordered by times and names: no fraction, and nothing that a store could not keep. */
const isKey = (key: unknown, kind: 'string' | 'number'): boolean =>
  kind === 'number' ? Number.isSafeInteger(key) : typeof key === 'string' && !key.includes('\0')

/** @throws a problem when the cursor was not made by `renderCursor` with keys of these kinds */
export function parseCursor<Kinds extends readonly ('string' | 'number')[]>(
  cursor: string,
  ...kinds: Kinds
): { [Index in keyof Kinds]: Kinds[Index] extends 'string' ? string : number } {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(keys) && keys.length === kinds.length && kinds.every((kind, at) => isKey(keys[at], kind)))
      return keys as { [Index in keyof Kinds]: Kinds[Index] extends 'string' ? string : number }
  } catch {
    // fall through: not JSON
  }
  throw invalid('cursor', 'This page of the list does not exist. Start from the first page.')
}

/** Cuts a list read with one row more than a page into the page and its cursor. */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  keys: (row: Row) => (string | number)[],
  render: (row: Row) => Item,
  size: number = pageSize,
): { items: Item[]; nextCursor: string | null } {
  const last = rows.length > size ? rows[size - 1] : undefined
  return { items: rows.slice(0, size).map(render), nextCursor: last === undefined ? null : renderCursor(keys(last)) }
}
