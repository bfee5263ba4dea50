import { type AttributePath, valuesAt } from './attribute-path.ts'
import { compareValues } from './match-filter.ts'
import { findAttribute, isObject, type Json, type JsonObject } from './schema.ts'

export interface Sorting {
  path: AttributePath
  isDescending: boolean
}

/**
 * RFC 7644 §3.4.2.3: by the attribute's type and case; of many values the primary one, else the first, counts. What has
 * no value comes last, descending first. Ties keep their order.
 */
export const sortResources = <Resource extends JsonObject>(
  resources: readonly Resource[],
  { path, isDescending }: Sorting,
): Resource[] => {
  const keyed = resources.map((resource) => ({ resource, key: keyOf(resource, path) }))
  const compare = comparer(path)
  keyed.sort((one, other) => (isDescending ? compare(other.key, one.key) : compare(one.key, other.key)))
  return keyed.map(({ resource }) => resource)
}

function keyOf(resource: JsonObject, path: AttributePath): Json {
  if (!path.attribute.multiValued) return valuesAt(resource, path)[0] ?? null
  const values = valuesAt(resource, { ...path, sub: null })
  const first = values.find((value) => isObject(value) && value['primary'] === true) ?? values[0] ?? null
  return isObject(first) ? (first[path.sub?.name ?? 'value'] ?? null) : first
}

function comparer({ attribute, sub }: AttributePath): (one: Json, other: Json) => number {
  const by = sub ?? (attribute.type === 'complex' ? findAttribute(attribute.subAttributes ?? [], 'value') : attribute)
  return (one, other) => {
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    return compareValues(by ?? attribute, one, other) ?? 0
  }
}
