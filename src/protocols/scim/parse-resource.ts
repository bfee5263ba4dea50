import { attributesOf, splitSchema } from './attribute-path.ts'
import { namesOf, readValue } from './read-value.ts'
import {
  type Attribute,
  emptyObject,
  findAttribute,
  isObject,
  type Json,
  type JsonObject,
  type ResourceType,
} from './schema.ts'
import { badRequest } from './scim-error.ts'

/**
 * A resource as a directory sends it, for create and replace (RFC 7644 §3.3 and §3.5.1): only attributes of the schema,
 * each of its type, nothing read-only. What the schema does not know is left out.
 * @throws ScimError `invalidSyntax`, `invalidValue`
 */
export function parseResource(type: ResourceType, body: Json | undefined): JsonObject {
  if (!isObject(body)) throw badRequest('invalidSyntax', `A ${type.name} is a JSON object.`)
  const names = namesOf(body)
  checkSchemas(names.get('schemas')?.value, type.schema.id)
  const resource = emptyObject()
  for (const { name, value } of names.values()) {
    const split = splitSchema(type, name)
    if (split === undefined) continue
    const { container, rest } = split
    if (rest === '') readExtension(type, resource, container, value)
    else if (container === null) setKnown(resource, attributesOf(type, null), rest, value)
    else setExtended(type, resource, container, rest, value)
  }
  for (const { name, required } of type.schema.attributes)
    if (required && isBlank(resource[name])) throw badRequest('invalidValue', `${name} is required.`)
  return resource
}

const isBlank = (value: Json | undefined): boolean =>
  value === undefined || (typeof value === 'string' && value.trim() === '')

/** RFC 7643 §3: the list names at least the schema itself. Others than ours change nothing. @throws ScimError */
export function checkSchemas(schemas: Json | undefined, expected: string): void {
  const isListed =
    Array.isArray(schemas) &&
    schemas.some((one) => typeof one === 'string' && one.toLowerCase() === expected.toLowerCase())
  if (!isListed) throw badRequest('invalidSyntax', `schemas must have ${expected}.`)
}

function setKnown(holder: JsonObject, attributes: readonly Attribute[], name: string, value: Json): void {
  const attribute = findAttribute(attributes, name)
  if (attribute === undefined || attribute.mutability === 'readOnly' || attribute.name === 'schemas') return
  const read = readValue(attribute, value)
  if (read !== undefined) holder[attribute.name] = read
}

function readExtension(type: ResourceType, resource: JsonObject, container: string | null, value: Json): void {
  if (container === null || value === null) return
  if (!isObject(value)) throw badRequest('invalidValue', `${container} is an object.`)
  for (const { name, value: part } of namesOf(value).values()) setExtended(type, resource, container, name, part)
}

function setExtended(type: ResourceType, resource: JsonObject, container: string, name: string, value: Json): void {
  const held = resource[container]
  const holder = isObject(held) ? held : emptyObject()
  setKnown(holder, attributesOf(type, container), name, value)
  if (Object.keys(holder).length > 0) resource[container] = holder
}
