import type { Id } from '../../database/id.ts'
import type { Filter } from '../../protocols/scim/filter.ts'
import { groupType } from '../../protocols/scim/group-schema.ts'
import { findPatchPath, parsePatchPath, type PatchPath } from '../../protocols/scim/patch-path.ts'
import type { PatchOperation } from '../../protocols/scim/patch-request.ts'
import { readValue } from '../../protocols/scim/read-value.ts'
import { emptyObject, findAttribute, isObject, type Json } from '../../protocols/scim/schema.ts'
import { badRequest } from '../../protocols/scim/scim-error.ts'

/** What a patch of a group does, in its order. Members are named, never read: a group may have 50,000. */
export type GroupStep =
  | { kind: 'attributes'; operation: PatchOperation }
  | { kind: 'add' | 'remove' | 'set'; ids: Id<'usr'>[] }
  | { kind: 'clear' }
  /** Those members that match. */
  | { kind: 'remove-matching'; filter: Filter }

const members = findAttribute(groupType.schema.attributes, 'members')

/** @throws ScimError */
export const readGroupSteps = (operations: readonly PatchOperation[]): GroupStep[] => operations.flatMap(readSteps)

function readSteps(operation: PatchOperation): GroupStep[] {
  const { op, path: text, value } = operation
  if (text === undefined) return readWhole(op, value ?? null)
  const path = parsePatchPath(groupType, text)
  return isMembers(path) ? [readMembers(op, path, value)] : [{ kind: 'attributes', operation }]
}

const isMembers = (path: PatchPath | undefined): path is PatchPath & { kind: 'attribute' } =>
  path?.kind === 'attribute' && path.attribute === members

function readWhole(op: PatchOperation['op'], value: Json): GroupStep[] {
  if (!isObject(value)) throw badRequest('invalidValue', `${op} without a path takes an object of attributes.`)
  const rest = emptyObject()
  const steps: GroupStep[] = []
  for (const [name, part] of Object.entries(value)) {
    const path = findPatchPath(groupType, name)
    if (isMembers(path)) steps.push(readMembers(op, path, part))
    else rest[name] = part
  }
  return [{ kind: 'attributes', operation: { op, path: undefined, value: rest } }, ...steps]
}

function readMembers(
  op: PatchOperation['op'],
  { filter, sub }: PatchPath & { kind: 'attribute' },
  value: Json | undefined,
): GroupStep {
  // RFC 7643 §4.2: the parts of a member are immutable.
  if (sub !== null || (filter !== null && op !== 'remove'))
    throw badRequest('mutability', 'A member is put in or taken out, and not changed.')
  if (filter !== null) {
    const ids = idsIn(filter)
    return ids === undefined ? { kind: 'remove-matching', filter } : { kind: 'remove', ids }
  }
  if (op === 'add') return { kind: 'add', ids: readMemberIds(value ?? null) }
  if (op === 'replace') return { kind: 'set', ids: readMemberIds(value ?? null) }
  // With a list those alone, and with an empty list nobody.
  return value === undefined || value === null ? { kind: 'clear' } : { kind: 'remove', ids: readMemberIds(value) }
}

const mostMembers = 100_000

/** @throws ScimError `invalidValue` */
export function readMemberIds(value: Json | undefined): Id<'usr'>[] {
  const read = members === undefined ? undefined : readValue(members, value ?? null)
  const listed = [read ?? []].flat(1)
  if (listed.length > mostMembers)
    throw badRequest('invalidValue', `A request names at most ${mostMembers} members of a group.`)
  return listed.map((member) => {
    const { value: id, type } = isObject(member) ? member : {}
    if (typeof id !== 'string' || id === '')
      throw badRequest('invalidValue', 'A member has the id of a person as its value.')
    if (typeof type === 'string' && type.toLowerCase() !== 'user')
      throw badRequest('invalidValue', 'Members are people: no group is in another.')
    return id as Id<'usr'>
  })
}

/** The ids that a filter names one by one; undefined where it asks for anything else. */
function idsIn(filter: Filter): Id<'usr'>[] | undefined {
  if (filter.op === 'eq' && filter.path.attribute.name === 'value' && typeof filter.value === 'string')
    return [filter.value as Id<'usr'>]
  if (filter.op !== 'or') return undefined
  const parts = filter.filters.map(idsIn)
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? [])
}
