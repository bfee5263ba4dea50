import { commonAttributes } from './common-attributes.ts'
import { type Attribute, findAttribute, isObject, type Json, type JsonObject, type ResourceType } from './schema.ts'

/** An attribute as a name from outside selected it, RFC 7644 §3.10. Only what the schema knows can be selected. */
export interface AttributePath {
  /** URN of the extension that holds it; null for the core. */
  container: string | null
  attribute: Attribute
  sub: Attribute | null
}

/** Splits `urn:…:attribute.sub` at the schema it names. The rest is empty where the schema itself is named. */
export function splitSchema(type: ResourceType, text: string): { container: string | null; rest: string } | undefined {
  if (!/^urn:/i.test(text)) return { container: null, rest: text }
  const lower = text.toLowerCase()
  for (const { id } of [type.schema, ...type.extensions.map(({ schema }) => schema)]) {
    const prefix = id.toLowerCase()
    if (lower !== prefix && !lower.startsWith(`${prefix}:`)) continue
    return { container: id === type.schema.id ? null : id, rest: text.slice(id.length + 1) }
  }
  return undefined
}

export function attributesOf(type: ResourceType, container: string | null): readonly Attribute[] {
  if (container !== null) return type.extensions.find(({ schema }) => schema.id === container)?.schema.attributes ?? []
  return coreAttributes.get(type) ?? remember(type)
}

const coreAttributes = new WeakMap<ResourceType, readonly Attribute[]>()

function remember(type: ResourceType): readonly Attribute[] {
  const all = [...commonAttributes, ...type.schema.attributes]
  coreAttributes.set(type, all)
  return all
}

/** Undefined where the schema knows no such attribute. */
export function findAttributePath(type: ResourceType, text: string): AttributePath | undefined {
  const split = splitSchema(type, text)
  if (split === undefined) return undefined
  const [name = '', subName, ...more] = split.rest.split('.')
  const attribute = findAttribute(attributesOf(type, split.container), name)
  if (attribute === undefined || more.length > 0) return undefined
  if (subName === undefined) return { container: split.container, attribute, sub: null }
  const sub = findAttribute(attribute.subAttributes ?? [], subName)
  return sub === undefined ? undefined : { container: split.container, attribute, sub }
}

/** All values at this path, those of each element where there are many; empty where it is unassigned, RFC 7643 §2.5. */
export function valuesAt(target: JsonObject, { container, attribute, sub }: AttributePath): Json[] {
  const holder = container === null ? target : target[container]
  if (!isObject(holder)) return []
  const held = [holder[attribute.name] ?? null].flat(1).filter((value) => value !== null)
  if (sub === null) return held
  return held.flatMap((value) => (isObject(value) ? [value[sub.name] ?? null].filter((one) => one !== null) : []))
}
