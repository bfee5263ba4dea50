import { hash } from 'node:crypto'
import type { ListRequest } from './list-request.ts'
import { badRequest } from './scim-error.ts'

/**
 * Where the next page begins, RFC 9865 §2: after how many, or after which key. It holds for the request it was made for
 * alone, and never gets too old.
 */
export const renderListCursor = (request: ListRequest, after: string | number): string =>
  Buffer.from(JSON.stringify([digestOf(request), after])).toString('base64url')

/** @throws ScimError `invalidCursor` where it was not made for this request */
export function parseListCursor(request: ListRequest, cursor: string): string | number {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(read) && read.length === 2 && read[0] === digestOf(request)) {
      const after: unknown = read[1]
      if (typeof after === 'string' || (typeof after === 'number' && Number.isSafeInteger(after) && after >= 0))
        return after
    }
  } catch {
    // Not one of ours.
  }
  throw badRequest('invalidCursor', 'This cursor belongs to no list of this request. Start with an empty one.')
}

const digestOf = ({ filter, sortBy, isDescending }: ListRequest): string =>
  hash('sha256', JSON.stringify([filter ?? null, sortBy ?? null, isDescending]), 'base64url').slice(0, 16)
