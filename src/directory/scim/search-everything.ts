import { renderList } from '../../protocols/scim/discovery.ts'
import { filterOf, type ListRequest, sortingOf } from '../../protocols/scim/list-request.ts'
import { parseProjection } from '../../protocols/scim/projection.ts'
import type { JsonObject } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { type Sorting, sortResources } from '../../protocols/scim/sort-resources.ts'
import { collectMatches, pageOf, type Source } from './list-resources.ts'

interface Found {
  resource: JsonObject
  render: () => Promise<JsonObject>
}

/** One type of those that are searched together. */
export interface Searched {
  find(request: ListRequest): Promise<Found[]>
  sortingOf(request: ListRequest): Sorting | undefined
}

export const searched = <Row>(source: Source<Row>): Searched => ({
  async find(request) {
    const filter = filterOf(source.type, request)
    const projection = parseProjection(source.type, request)
    const matches = await collectMatches(source, filter, sortingOf(source.type, request))
    return matches.map(({ row, resource }) => ({
      resource,
      async render() {
        const [whole] = await source.render([row], projection.wants)
        return projection.apply(whole ?? resource)
      },
    }))
  },
  sortingOf: (request) => sortingOf(source.type, request),
})

/**
 * A search over all types, RFC 7644 §3.4.2.1: an attribute that a type does not have matches none of its resources.
 * @throws ScimError `invalidFilter` where no type has it
 */
export async function searchEverything(types: readonly Searched[], request: ListRequest) {
  const found: Found[] = []
  const refusals: ScimError[] = []
  for (const { find } of types) {
    try {
      found.push(...(await find(request)))
    } catch (error) {
      if (!(error instanceof ScimError) || error.scimType !== 'invalidFilter') throw error
      refusals.push(error)
    }
  }
  const [refusal] = refusals
  if (refusal !== undefined && refusals.length === types.length) throw refusal
  const [sorting] = types.flatMap((type) => type.sortingOf(request) ?? [])
  const page = pageOf(sorting === undefined ? found : inOrder(found, sorting), request)
  return renderList(await Promise.all(page.rows.map(({ render }) => render())), page)
}

function inOrder(found: readonly Found[], sorting: Sorting): Found[] {
  const of = new Map(found.map((one) => [one.resource, one]))
  return sortResources([...of.keys()], sorting).flatMap((resource) => of.get(resource) ?? [])
}
