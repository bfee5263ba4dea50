import { checkSchemas } from './parse-resource.ts'
import { namesOf } from './read-value.ts'
import { isObject, type Json } from './schema.ts'
import { badRequest } from './scim-error.ts'

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const mostPatchOperations = 1000

export interface PatchOperation {
  op: 'add' | 'remove' | 'replace'
  /** As it was sent; undefined for the resource itself. */
  path: string | undefined
  /** Undefined where there was none; null is one. */
  value: Json | undefined
}

/** RFC 7644 §3.5.2, with names and operations in any case, as directories write them. @throws ScimError */
export function parsePatchRequest(body: Json | undefined): PatchOperation[] {
  if (!isObject(body)) throw badRequest('invalidSyntax', 'A patch is a JSON object.')
  const names = namesOf(body)
  checkSchemas(names.get('schemas')?.value, patchSchema)
  const operations = names.get('operations')?.value
  if (!Array.isArray(operations) || operations.length === 0)
    throw badRequest('invalidSyntax', 'Operations is a list of one operation or more.')
  if (operations.length > mostPatchOperations)
    throw badRequest('tooMany', `A patch has at most ${mostPatchOperations} operations.`)
  return operations.map(parseOperation)
}

function parseOperation(operation: Json): PatchOperation {
  if (!isObject(operation)) throw badRequest('invalidSyntax', 'An operation is a JSON object.')
  const names = namesOf(operation)
  const given = names.get('op')?.value
  const op = typeof given === 'string' ? given.toLowerCase() : ''
  if (op !== 'add' && op !== 'remove' && op !== 'replace')
    throw badRequest('invalidSyntax', 'op is add, remove or replace.')
  const path = names.get('path')?.value ?? undefined
  if (path !== undefined && typeof path !== 'string') throw badRequest('invalidPath', 'path is a string.')
  const value = names.get('value')?.value
  if (op !== 'remove' && value === undefined) throw badRequest('invalidValue', `${op} takes a value.`)
  const where = path?.trim() === '' ? undefined : path?.trim()
  // RFC 7644 §3.5.2.2
  if (op === 'remove' && where === undefined) throw badRequest('noTarget', 'remove takes a path.')
  return { op, path: where, value }
}
