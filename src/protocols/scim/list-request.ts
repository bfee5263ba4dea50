import { findAttributePath } from './attribute-path.ts'
import type { Filter } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import { namesOf } from './read-value.ts'
import { isObject, type Json, type ResourceType } from './schema.ts'
import { badRequest } from './scim-error.ts'
import type { Sorting } from './sort-resources.ts'

export const searchSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const defaultPageSize = 100
export const largestPageSize = 1000

/** What is asked of a list, as it was sent. */
export interface ListRequest {
  filter: string | undefined
  sortBy: string | undefined
  isDescending: boolean
  /** Counted from 1. */
  startIndex: number
  count: number
  /** Undefined for paging by index; empty for the first page by cursor, RFC 9865 §2. */
  cursor: string | undefined
  attributes: string | undefined
  excludedAttributes: string | undefined
}

/** The query of a GET. @throws ScimError */
export const parseListQuery = (query: Readonly<Record<string, unknown>>): ListRequest =>
  parse(new Map(Object.entries(query).map(([name, value]) => [name.toLowerCase(), value])))

/** The body of a POST to `/.search`, RFC 7644 §3.4.3. @throws ScimError */
export function parseSearchRequest(body: Json | undefined): ListRequest {
  if (!isObject(body)) throw badRequest('invalidSyntax', 'A search is a JSON object.')
  const names = new Map([...namesOf(body)].map(([name, { value }]) => [name, value]))
  const schemas = names.get('schemas')
  if (!Array.isArray(schemas) || !schemas.includes(searchSchema))
    throw badRequest('invalidSyntax', `schemas must have ${searchSchema}.`)
  for (const list of ['attributes', 'excludedattributes']) {
    const value = names.get(list)
    if (Array.isArray(value)) names.set(list, value.map(String).join(','))
  }
  return parse(names)
}

function parse(names: ReadonlyMap<string, unknown>): ListRequest {
  const text = (name: string): string | undefined => {
    const value = names.get(name.toLowerCase()) ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw badRequest('invalidValue', `${name} is one string.`)
  }
  const whole = (name: string, otherwise: number): number => {
    const value = names.get(name.toLowerCase()) ?? undefined
    if (value === undefined) return otherwise
    const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof read !== 'number' || !Number.isSafeInteger(read))
      throw badRequest(name === 'count' ? 'invalidCount' : 'invalidValue', `${name} is a whole number.`)
    return read
  }
  const order = text('sortOrder')?.toLowerCase()
  if (order !== undefined && order !== 'ascending' && order !== 'descending')
    throw badRequest('invalidValue', 'sortOrder is ascending or descending.')
  const cursor = text('cursor')
  if (cursor !== undefined && names.has('startindex') && cursor !== '')
    throw badRequest('invalidValue', 'A list is paged by cursor or by startIndex, not by both.')
  return {
    filter: text('filter'),
    sortBy: text('sortBy'),
    isDescending: order === 'descending',
    // RFC 7644 §3.4.2.4: below 1 is 1; a negative count is 0.
    startIndex: Math.max(1, whole('startIndex', 1)),
    count: Math.min(largestPageSize, Math.max(0, whole('count', defaultPageSize))),
    cursor,
    attributes: text('attributes'),
    excludedAttributes: text('excludedAttributes'),
  }
}

/** The filter of a request, for resources of this type. @throws ScimError `invalidFilter` */
export function filterOf(type: ResourceType, { filter }: ListRequest): Filter | undefined {
  if (filter === undefined) return undefined
  if (filter.trim() === '') throw badRequest('invalidFilter', 'A filter has an expression.')
  return parseFilter(type, filter)
}

/** The order of a request. Undefined where none, or none that the schema knows, is asked for. */
export function sortingOf(type: ResourceType, { sortBy, isDescending }: ListRequest): Sorting | undefined {
  const path = sortBy === undefined ? undefined : findAttributePath(type, sortBy)
  return path === undefined ? undefined : { path, isDescending }
}
