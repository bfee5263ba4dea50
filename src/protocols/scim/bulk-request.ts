import { checkSchemas } from './parse-resource.ts'
import { namesOf } from './read-value.ts'
import { isObject, type Json } from './schema.ts'
import { badRequest, ScimError } from './scim-error.ts'

export const bulkSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const bulkResponseSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'
export const mostBulkOperations = 1000
export const largestBulkBytes = 1_048_576

export interface BulkOperation {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URI, as in `/Users/usr_…` or `/Users/bulkId:one`. */
  path: string
  bulkId: string | undefined
  /** The entity tag that the resource must have. */
  version: string | undefined
  data: Json | undefined
}

export interface BulkRequest {
  /** Nothing more is done after so many failures; undefined: all is tried. */
  failOnErrors: number | undefined
  /** An operation that cannot be read stands as its refusal: it fails, and the others go on. */
  operations: readonly (BulkOperation | ScimError)[]
}

/** RFC 7644 §3.7. @throws ScimError 400; 413 for more operations than a job may have (§3.7.4) */
export function parseBulkRequest(body: Json | undefined): BulkRequest {
  if (!isObject(body)) throw badRequest('invalidSyntax', 'A bulk job is a JSON object.')
  const names = namesOf(body)
  checkSchemas(names.get('schemas')?.value, bulkSchema)
  const operations = names.get('operations')?.value
  if (!Array.isArray(operations)) throw badRequest('invalidSyntax', 'Operations is a list.')
  if (operations.length > mostBulkOperations)
    throw new ScimError(413, `A bulk job has at most ${mostBulkOperations} operations (maxOperations).`)
  const failOnErrors = names.get('failonerrors')?.value ?? undefined
  if (failOnErrors !== undefined && (!Number.isSafeInteger(failOnErrors) || Number(failOnErrors) < 1))
    throw badRequest('invalidValue', 'failOnErrors is a whole number from 1 on.')
  const bulkIds = new Set<string>()
  return {
    failOnErrors: failOnErrors === undefined ? undefined : Number(failOnErrors),
    operations: operations.map((operation) => {
      try {
        return parseOperation(operation, bulkIds)
      } catch (error) {
        if (error instanceof ScimError) return error
        throw error
      }
    }),
  }
}

function parseOperation(operation: Json, bulkIds: Set<string>): BulkOperation {
  if (!isObject(operation)) throw badRequest('invalidSyntax', 'An operation is a JSON object.')
  const names = namesOf(operation)
  const text = (name: string): string | undefined => {
    const value = names.get(name.toLowerCase())?.value ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw badRequest('invalidSyntax', `${name} is a string.`)
  }
  const method = text('method')?.toUpperCase()
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE')
    throw badRequest('invalidSyntax', 'method is POST, PUT, PATCH or DELETE.')
  const path = text('path')
  if (path === undefined || !/^\/(?:Users|Groups)(?:\/[^/?#]{1,200})?$/i.test(path))
    throw badRequest('invalidPath', 'path is /Users or /Groups, with an id where the method needs one.')
  const bulkId = text('bulkId')
  if (method === 'POST' && (bulkId === undefined || bulkId === ''))
    throw badRequest('invalidSyntax', 'POST takes a bulkId.')
  if (bulkId !== undefined) {
    if (bulkIds.has(bulkId)) throw badRequest('invalidValue', `The bulkId ${bulkId.slice(0, 100)} is there twice.`)
    bulkIds.add(bulkId)
  }
  return { method, path, bulkId, version: text('version'), data: names.get('data')?.value }
}
