import type { Filter } from '../../protocols/scim/filter.ts'
import { renderList } from '../../protocols/scim/discovery.ts'
import { parseListCursor, renderListCursor } from '../../protocols/scim/list-cursor.ts'
import { filterOf, type ListRequest, sortingOf } from '../../protocols/scim/list-request.ts'
import { matchesFilter } from '../../protocols/scim/match-filter.ts'
import { parseProjection } from '../../protocols/scim/projection.ts'
import type { JsonObject, ResourceType } from '../../protocols/scim/schema.ts'
import { badRequest, ScimError } from '../../protocols/scim/scim-error.ts'
import { type Sorting, sortResources } from '../../protocols/scim/sort-resources.ts'

/** Resources of one type that a connection keeps, in one order that no change moves. */
export interface Source<Row> {
  type: ResourceType
  count(): Promise<number>
  page(wanted: { after: string | undefined; offset: number; limit: number }): Promise<Row[]>
  /** Where a row stands in the order. */
  placeOf(row: Row): string
  /** Those with exactly this value, where an index knows them; undefined where none does. */
  find(attribute: string, value: string): Promise<Row[]> | undefined
  render(rows: readonly Row[], wants: (name: string) => boolean): Promise<JsonObject[]>
}

// What no index answers is looked through, in steps that let others in between, and not without end.
const batch = 500
const mostLookedAt = 100_000

/** RFC 7644 §3.4.2, RFC 9865. @throws ScimError */
export async function listResources<Row>(source: Source<Row>, request: ListRequest) {
  const { type } = source
  const filter = filterOf(type, request)
  const sorting = sortingOf(type, request)
  const projection = parseProjection(type, request)
  const page =
    filter === undefined && sorting === undefined
      ? await pageInOrder(source, request)
      : pageOf(await collect(source, filter, sorting), request)
  const rendered = await source.render(page.rows, projection.wants)
  return renderList(rendered.map(projection.apply), page)
}

interface Page<Row> {
  rows: Row[]
  total: number
  startIndex?: number
  nextCursor?: string
}

async function pageInOrder<Row>(source: Source<Row>, request: ListRequest): Promise<Page<Row>> {
  const { count, cursor, startIndex } = request
  const total = await source.count()
  if (cursor === undefined) {
    const rows = count === 0 ? [] : await source.page({ after: undefined, offset: startIndex - 1, limit: count })
    return { rows, total, startIndex }
  }
  const after = cursor === '' ? undefined : parseListCursor(request, cursor)
  if (typeof after === 'number') throw badRequest('invalidCursor', 'This cursor belongs to another list.')
  const found = count === 0 ? [] : await source.page({ after, offset: 0, limit: count + 1 })
  const rows = found.slice(0, count)
  const last = rows.at(-1)
  const hasMore = found.length > count && last !== undefined
  return { rows, total, ...(hasMore ? { nextCursor: renderListCursor(request, source.placeOf(last)) } : {}) }
}

/** One page of what was found and ordered in memory. */
export function pageOf<Row>(rows: readonly Row[], request: ListRequest): Page<Row> {
  const { count, cursor, startIndex } = request
  const total = rows.length
  if (cursor === undefined) return { rows: rows.slice(startIndex - 1, startIndex - 1 + count), total, startIndex }
  const from = cursor === '' ? 0 : parseListCursor(request, cursor)
  if (typeof from === 'string') throw badRequest('invalidCursor', 'This cursor belongs to another list.')
  const hasMore = count > 0 && from + count < total
  return {
    rows: rows.slice(from, from + count),
    total,
    ...(hasMore ? { nextCursor: renderListCursor(request, from + count) } : {}),
  }
}

async function collect<Row>(
  source: Source<Row>,
  filter: Filter | undefined,
  sorting: Sorting | undefined,
): Promise<Row[]> {
  const matched = await collectMatches(source, filter, sorting)
  if (sorting === undefined) return matched.map(({ row }) => row)
  const rows = new Map(matched.map(({ row, resource }) => [resource, row]))
  return sortResources([...rows.keys()], sorting).flatMap((resource) => rows.get(resource) ?? [])
}

/** Every row that matches, with its resource as far as filter and order need it. @throws ScimError `tooMany` */
export async function collectMatches<Row>(
  source: Source<Row>,
  filter: Filter | undefined,
  sorting: Sorting | undefined,
): Promise<{ row: Row; resource: JsonObject }[]> {
  const needed = new Set(filter === undefined ? [] : namesIn(filter))
  if (sorting !== undefined) needed.add(sorting.path.attribute.name)
  const match = async (rows: readonly Row[]) => {
    const resources = await source.render(rows, (name) => needed.has(name))
    return rows.flatMap((row, at) => {
      const resource = resources[at]
      return resource === undefined || (filter !== undefined && !matchesFilter(resource, filter))
        ? []
        : [{ row, resource }]
    })
  }
  const found = filter === undefined ? undefined : findByIndex(source, filter)
  if (found !== undefined) return match(await found)
  const matched: { row: Row; resource: JsonObject }[] = []
  let after: string | undefined
  for (let looked = 0; ; looked += batch) {
    if (looked >= mostLookedAt)
      throw new ScimError(400, 'Too many resources to look through. Ask by userName, externalId or id.', 'tooMany')
    const rows = await source.page({ after, offset: 0, limit: batch })
    matched.push(...(await match(rows)))
    const last = rows.at(-1)
    if (last === undefined || rows.length < batch) return matched
    after = source.placeOf(last)
    // Filters of many rows must not keep everybody else waiting.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What an index can answer of a filter: an equality that everything found must meet. */
function findByIndex<Row>(source: Source<Row>, filter: Filter): Promise<Row[]> | undefined {
  if (filter.op === 'and') {
    for (const part of filter.filters) {
      const found = findByIndex(source, part)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (filter.op === 'eq' && typeof filter.value === 'string' && filter.path.container === null) {
    const { attribute, sub } = filter.path
    return source.find(sub === null ? attribute.name : `${attribute.name}.${sub.name}`, filter.value)
  }
  if (filter.op === 'some' && filter.filter.op === 'eq' && typeof filter.filter.value === 'string')
    return source.find(`${filter.path.attribute.name}.${filter.filter.path.attribute.name}`, filter.filter.value)
  return undefined
}

function namesIn(filter: Filter): string[] {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.filters.flatMap(namesIn)
    case 'not':
      return namesIn(filter.filter)
    default:
      return [filter.path.attribute.name]
  }
}
