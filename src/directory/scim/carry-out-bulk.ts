import { setImmediate } from 'node:timers/promises'
import { listReferences, orderOperations, resolveReferences } from '../../protocols/scim/bulk-references.ts'
import { type BulkOperation, type BulkRequest, bulkResponseSchema } from '../../protocols/scim/bulk-request.ts'
import { renderScimError, ScimError } from '../../protocols/scim/scim-error.ts'
import { operate, type Outcome } from './operate.ts'
import type { ScimRequest } from './scim-parts.ts'

type Result = Record<string, unknown>

/**
 * A bulk job, RFC 7644 §3.7: each operation is a transaction of its own through the same function as a single request,
 * and those that were tried are answered in the order they were sent.
 */
export async function carryOutBulk(
  request: ScimRequest,
  { operations, failOnErrors }: BulkRequest,
  explain: (error: unknown) => ScimError,
): Promise<{ schemas: string[]; Operations: Result[] }> {
  const results: (Result | undefined)[] = operations.map(() => undefined)
  const ids = new Map<string, string>()
  const unfinished: { operation: BulkOperation; at: number; outcome: Outcome }[] = []
  let failures = 0
  const isOver = (): boolean => failOnErrors !== undefined && failures >= failOnErrors
  const fail = (at: number, operation: BulkOperation | undefined, error: unknown): void => {
    failures += 1
    const refusal = explain(error)
    results[at] = {
      ...(operation === undefined ? {} : { method: operation.method, ...named(operation) }),
      ...(operation === undefined || operation.method === 'POST'
        ? {}
        : { location: `${request.base}${operation.path}` }),
      status: String(refusal.status),
      response: renderScimError(refusal),
    }
  }

  for (const { at, isPartial } of orderOf(operations)) {
    if (isOver()) break
    // A job never keeps everybody else waiting until its end.
    await setImmediate()
    const operation = operations[at]
    if (operation === undefined) continue
    if (operation instanceof ScimError) {
      fail(at, undefined, operation)
      continue
    }
    try {
      const outcome = await operate(request, resolved(operation, ids, isPartial))
      const id = outcome.location.split('/').at(-1)
      if (operation.bulkId !== undefined && operation.method === 'POST' && id !== undefined)
        ids.set(operation.bulkId, id)
      results[at] = render(operation, outcome)
      if (isPartial) unfinished.push({ operation, at, outcome })
    } catch (error) {
      fail(at, operation, error)
    }
  }
  // RFC 7644 §3.7.1: what referred to each other in a circle is there now, and is told of it.
  for (const { operation, at, outcome } of unfinished) {
    const { endpoint } = resolved(operation, ids, true)
    const made = { endpoint, id: outcome.location.split('/').at(-1), ifMatch: undefined }
    try {
      const { body } = resolved(operation, ids, false)
      const completed = await operate(request, { ...made, method: 'PUT', body })
      results[at] = render(operation, { ...completed, status: outcome.status })
    } catch (error) {
      fail(at, operation, error)
      // What is said to have failed is not there: the same request, put right, finds its name free. Gone already is gone.
      if (operation.method === 'POST')
        await operate(request, { ...made, method: 'DELETE', body: undefined }).catch(explain)
    }
  }
  return { schemas: [bulkResponseSchema], Operations: results.filter((result) => result !== undefined) }
}

function orderOf(operations: BulkRequest['operations']): { at: number; isPartial: boolean }[] {
  return orderOperations(
    operations.map((operation, at) => {
      if (operation instanceof ScimError) return { at, bulkId: undefined, isCreate: false, references: [] }
      return {
        at,
        bulkId: operation.bulkId,
        isCreate: operation.method === 'POST',
        references: referencesOf(operation),
      }
    }),
  )
}

/** What is too deep to be read is refused when its turn comes. */
function referencesOf(operation: BulkOperation): string[] {
  try {
    return listReferences(operation)
  } catch (error) {
    if (error instanceof ScimError) return []
    throw error
  }
}

/** @throws ScimError where something it refers to was not made */
function resolved(operation: BulkOperation, ids: ReadonlyMap<string, string>, isPartial: boolean) {
  const missing = listReferences(operation).find((reference) => !ids.has(reference))
  if (missing !== undefined && !isPartial)
    throw new ScimError(409, `There is no resource of the bulkId ${missing.slice(0, 100)}.`)
  const { path, data } = resolveReferences(operation, ids)
  const [, endpoint = '', id] = path.split('/')
  return {
    method: operation.method,
    endpoint: endpoint.toLowerCase() === 'users' ? ('Users' as const) : ('Groups' as const),
    id,
    ifMatch: operation.version,
    body: data,
  }
}

const named = ({ bulkId }: BulkOperation): Result => (bulkId === undefined ? {} : { bulkId })

const render = (operation: BulkOperation, { status, location, tag }: Outcome): Result => ({
  location,
  method: operation.method,
  ...named(operation),
  ...(tag === undefined ? {} : { version: tag }),
  status: String(status),
})
