import { type AttributePath, findAttributePath } from './attribute-path.ts'
import { emptyObject, isObject, type Json, type JsonObject, type ResourceType } from './schema.ts'

/** Which attributes of a resource are returned, RFC 7644 §3.9. */
export interface Projection {
  /** Whether a core attribute of this name is returned at all, so that what costs is not read for nothing. */
  wants(name: string): boolean
  apply(resource: JsonObject): JsonObject
}

/** `attributes` and `excludedAttributes` as a request has them: names with commas between. Unknown names choose nothing. */
export function parseProjection(
  type: ResourceType,
  { attributes, excludedAttributes }: { attributes?: string | undefined; excludedAttributes?: string | undefined },
): Projection {
  const only = attributes === undefined ? undefined : pathsOf(type, attributes)
  const without = pathsOf(type, excludedAttributes ?? '')
  if (only === undefined && without.length === 0) return { wants: () => true, apply: (resource) => resource }
  const isIn = (paths: readonly AttributePath[], name: string): boolean =>
    paths.some(({ container, attribute }) => container === null && attribute.name === name)
  return {
    wants: (name) =>
      (only === undefined || isIn(only, name)) &&
      !without.some(({ container, attribute, sub }) => container === null && attribute.name === name && sub === null),
    apply(resource) {
      const chosen = only === undefined ? resource : choose(resource, only)
      const kept = without.length === 0 ? chosen : leaveOut(chosen, without)
      // Returned always, RFC 7643 §3.1.
      for (const name of ['schemas', 'id']) if (resource[name] !== undefined) kept[name] = resource[name]
      return kept
    },
  }
}

// Beyond any client's list; each costs a walk of the schema.
const mostNames = 100

const pathsOf = (type: ResourceType, names: string): AttributePath[] =>
  names
    .split(',', mostNames)
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .flatMap((name) => findAttributePath(type, name) ?? [])

function choose(resource: JsonObject, paths: readonly AttributePath[]): JsonObject {
  const chosen = emptyObject()
  for (const path of paths) {
    const from = holderOf(resource, path)
    if (from === undefined || from[path.attribute.name] === undefined) continue
    const to = path.container === null ? chosen : ((chosen[path.container] ??= emptyObject()) as JsonObject)
    const { name } = path.attribute
    const value = from[name] ?? null
    to[name] = path.sub === null ? value : chooseParts(value, to[name], path.sub.name)
  }
  return chosen
}

/** Joins what earlier names chose of the same attribute. */
function chooseParts(value: Json, former: Json | undefined, part: string): Json {
  if (Array.isArray(value))
    return value.map((one, at) => chooseParts(one, Array.isArray(former) ? former[at] : undefined, part))
  if (!isObject(value)) return value
  const chosen = isObject(former) ? former : emptyObject()
  if (value[part] !== undefined) chosen[part] = value[part]
  return chosen
}

function leaveOut(resource: JsonObject, paths: readonly AttributePath[]): JsonObject {
  const kept: JsonObject = Object.assign(emptyObject(), resource)
  for (const { container, attribute, sub } of paths) {
    if (container !== null && isObject(kept[container])) kept[container] = Object.assign(emptyObject(), kept[container])
    const holder = container === null ? kept : kept[container]
    if (!isObject(holder)) continue
    if (sub === null) delete holder[attribute.name]
    else if (holder[attribute.name] !== undefined)
      holder[attribute.name] = withoutPart(holder[attribute.name] ?? null, sub.name)
  }
  return kept
}

function withoutPart(value: Json, part: string): Json {
  if (Array.isArray(value)) return value.map((one) => withoutPart(one, part))
  if (!isObject(value)) return value
  const { [part]: _, ...rest } = value
  return rest
}

function holderOf(resource: JsonObject, { container }: AttributePath): JsonObject | undefined {
  if (container === null) return resource
  const held = resource[container]
  return isObject(held) ? held : undefined
}
