import type { BulkOperation } from './bulk-request.ts'
import { emptyObject, isObject, type Json } from './schema.ts'
import { badRequest } from './scim-error.ts'

const prefix = 'bulkId:'
// Deeper than any resource.
const deepest = 12

/** The bulkIds that an operation needs resolved first, RFC 7644 §3.7.2: in its path, and anywhere in its data. */
export function listReferences({ path, data }: Pick<BulkOperation, 'path' | 'data'>): string[] {
  const found = new Set<string>()
  const segment = path.split('/')[2]
  if (segment?.startsWith(prefix)) found.add(segment.slice(prefix.length))
  const walk = (value: Json | undefined, depth: number): void => {
    if (depth > deepest) throw badRequest('invalidSyntax', 'The data of an operation is deeper than any resource.')
    if (typeof value === 'string' && value.startsWith(prefix)) found.add(value.slice(prefix.length))
    else if (Array.isArray(value)) value.forEach((one) => walk(one, depth + 1))
    else if (isObject(value)) Object.values(value).forEach((one) => walk(one, depth + 1))
  }
  walk(data, 0)
  return [...found]
}

/** The same with each reference replaced by the id it came to have. What refers to nothing yet is left out. */
export function resolveReferences(
  { path, data }: Pick<BulkOperation, 'path' | 'data'>,
  ids: ReadonlyMap<string, string>,
): { path: string; data: Json | undefined } {
  const [, endpoint = '', id] = path.split('/')
  const known = id?.startsWith(prefix) ? ids.get(id.slice(prefix.length)) : id
  return {
    path: known === undefined ? `/${endpoint}` : `/${endpoint}/${known}`,
    data: data === undefined ? undefined : resolve(data, ids),
  }
}

function resolve(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return value.startsWith(prefix) ? (ids.get(value.slice(prefix.length)) ?? null) : value
  if (Array.isArray(value)) return value.map((one) => resolve(one, ids)).filter((one) => one !== null)
  if (!isObject(value)) return value
  const resolved = emptyObject()
  for (const [name, part] of Object.entries(value)) {
    const read = resolve(part, ids)
    // A member or a manager without its id is none.
    if (name === 'value' && read === null && part !== null) return null
    resolved[name] = read
  }
  return resolved
}

/**
 * In which order operations can be carried out so that what each refers to is there first; otherwise as they stand. Of
 * those that refer to each other in a circle, creates come first without what is not there yet, and are completed when
 * it is (RFC 7644 §3.7.1).
 */
export function orderOperations(
  operations: readonly { at: number; bulkId: string | undefined; isCreate: boolean; references: readonly string[] }[],
): { at: number; isPartial: boolean }[] {
  const waiting = [...operations]
  const made = new Set<string>()
  const coming = new Set(
    operations.flatMap(({ bulkId, isCreate }) => (isCreate && bulkId !== undefined ? [bulkId] : [])),
  )
  const ordered: { at: number; isPartial: boolean }[] = []
  while (waiting.length > 0) {
    // What refers to nothing that will ever come goes on, and fails by itself.
    const isReady = ({ bulkId, references }: (typeof waiting)[number]): boolean =>
      references.every((reference) => made.has(reference) || !coming.has(reference) || reference === bulkId)
    let next = waiting.findIndex(isReady)
    const isPartial = next === -1
    if (isPartial)
      next = Math.max(
        0,
        waiting.findIndex(({ isCreate }) => isCreate),
      )
    const [taken] = waiting.splice(next, 1)
    if (taken === undefined) break
    if (taken.bulkId !== undefined) made.add(taken.bulkId)
    ordered.push({ at: taken.at, isPartial: isPartial || taken.references.includes(taken.bulkId ?? '') })
  }
  return ordered
}
