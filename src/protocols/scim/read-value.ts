import { type Attribute, emptyObject, findAttribute, isObject, type Json, type JsonObject } from './schema.ts'
import { badRequest } from './scim-error.ts'

const longestString = 8192

/**
 * A value from outside as its attribute has it: the right type, only known names, nothing read-only. Undefined where it
 * comes to nothing, which is the same as unassigned (RFC 7643 §2.5).
 * @throws ScimError `invalidValue`
 */
export function readValue(attribute: Attribute, value: Json): Json | undefined {
  if (value === null) return undefined
  if (attribute.multiValued) {
    const values = [value].flat(1).flatMap((one) => readSingle(attribute, one) ?? [])
    return values.length === 0 ? undefined : withoutCopies(attribute, values)
  }
  // Some directories wrap a single value.
  if (!Array.isArray(value)) return readSingle(attribute, value)
  if (value.length > 1) throw wrong(attribute, 'has one value')
  return readSingle(attribute, value[0] ?? null)
}

/** One value, of an attribute that may have many. @throws ScimError `invalidValue` */
export function readSingle(attribute: Attribute, given: Json): Json | undefined {
  if (attribute.type === 'complex') return readComplex(attribute, given)
  const value = isObject(given) ? (namesOf(given).get('value')?.value ?? null) : given
  if (value === null) return undefined
  switch (attribute.type) {
    case 'boolean': {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : value
      if (word === true || word === 'true') return true
      if (word === false || word === 'false') return false
      throw wrong(attribute, 'is true or false')
    }
    case 'integer':
      if (Number.isSafeInteger(value)) return value
      throw wrong(attribute, 'is a whole number')
    default:
      return readString(attribute, value)
  }
}

function readString(attribute: Attribute, value: Json): string {
  if (typeof value !== 'string') throw wrong(attribute, 'is a string')
  if (value.length > longestString) throw wrong(attribute, `has at most ${longestString} characters`)
  // No store and no page has a place for half a character or for nothing as one.
  if (value.includes('\0') || !value.isWellFormed()) throw wrong(attribute, 'has a character that is none')
  // RFC 7643 §2.3.5: date and time, both.
  if (attribute.type === 'dateTime' && !isDateTime(value))
    throw wrong(attribute, 'is a time as in 2026-01-31T12:00:00Z')
  // RFC 4648 §4, RFC 7643 §2.3.6.
  if (attribute.type === 'binary' && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    throw wrong(attribute, 'is base64')
  if (attribute.type === 'reference' && !URL.canParse(value, 'https://base.invalid/'))
    throw wrong(attribute, 'is a URI')
  return value
}

const isDateTime = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(value) && !Number.isNaN(Date.parse(value))

function readComplex(attribute: Attribute, given: Json): JsonObject | undefined {
  if (given === null) return undefined
  const subAttributes = attribute.subAttributes ?? []
  // A bare value stands for the one part that matters, as in Entra's manager.
  const isBare = typeof given === 'string' && findAttribute(subAttributes, 'value') !== undefined
  const value = isBare ? { value: given } : given
  if (!isObject(value)) throw wrong(attribute, 'is an object')
  const names = namesOf(value)
  const read = emptyObject()
  for (const sub of subAttributes) {
    const named = names.get(sub.name.toLowerCase())
    if (named === undefined || sub.mutability === 'readOnly') continue
    const part = readValue(sub, named.value)
    if (part !== undefined) read[sub.name] = part
  }
  return Object.keys(read).length === 0 ? undefined : read
}

/** RFC 7643 §2.4: no value and type twice, and one primary at most. */
function withoutCopies(attribute: Attribute, values: Json[]): Json[] {
  const seen = new Set<string>()
  const distinct = values.filter((value) => {
    const key = identityOf(value)
    return !seen.has(key) && seen.add(key)
  })
  if (distinct.filter((value) => isObject(value) && value['primary'] === true).length > 1)
    throw wrong(attribute, 'has one primary value at most')
  return distinct
}

/** What makes two values of one attribute the same. */
export const identityOf = (value: Json): string =>
  isObject(value) && value['value'] !== undefined
    ? JSON.stringify([value['value'], value['type'] ?? null])
    : JSON.stringify(value)

/**
 * Members by their name without its case, in a map: no name reaches a prototype.
 * @throws ScimError where a name is there twice
 */
export function namesOf(object: JsonObject): Map<string, { name: string; value: Json }> {
  const names = new Map<string, { name: string; value: Json }>()
  for (const [name, value] of Object.entries(object)) {
    const key = name.toLowerCase()
    if (names.has(key)) throw badRequest('invalidSyntax', `${name.slice(0, 100)} is there twice.`)
    names.set(key, { name, value })
  }
  return names
}

const wrong = ({ name }: Attribute, sentence: string): Error => badRequest('invalidValue', `${name} ${sentence}.`)
