import type { Filter } from './filter.ts'
import { matchesFilter } from './match-filter.ts'
import type { PatchPath } from './patch-path.ts'
import type { PatchOperation } from './patch-request.ts'
import { identityOf, namesOf, readSingle, readValue } from './read-value.ts'
import { type Attribute, emptyObject, isObject, type Json, type JsonObject } from './schema.ts'
import { badRequest } from './scim-error.ts'

type Operation = PatchOperation['op']
type AttributePlace = PatchPath & { kind: 'attribute' }

/** Carries one operation out on the object that holds the attribute. @throws ScimError */
export function changeAttribute(
  holder: JsonObject,
  op: Operation,
  path: AttributePlace,
  value: Json | undefined,
): void {
  checkMutability(op, path)
  const { attribute, sub, filter } = path
  if (filter !== null || (sub !== null && attribute.multiValued)) return changeElements(holder, op, path, value)
  if (sub !== null) return changePart(holder, op, attribute, sub, value)
  if (op === 'remove') return removeValues(holder, attribute, value ?? null)
  const read = readValue(attribute, value ?? null)
  if (read === undefined) {
    // Nothing was added; replaced by nothing is removed.
    if (op === 'replace') delete holder[attribute.name]
  } else if (op === 'add' && attribute.multiValued) addValues(holder, attribute, [read].flat(1))
  else if (attribute.type === 'complex' && isObject(read)) {
    const held = holder[attribute.name]
    holder[attribute.name] = isObject(held) ? Object.assign(held, read) : read
  } else holder[attribute.name] = read
}

/** RFC 7644 §3.5.2: read-only and immutable attributes are not changed, §3.5.2.2: required ones are not removed. */
function checkMutability(op: Operation, { attribute, sub }: AttributePlace): void {
  const target = sub ?? attribute
  if (attribute.mutability === 'readOnly' || target.mutability === 'readOnly' || sub?.mutability === 'immutable')
    throw badRequest('mutability', `${target.name} cannot be changed.`)
  if (op === 'remove' && sub === null && attribute.required)
    throw badRequest('mutability', `${attribute.name} is required.`)
}

function changePart(
  holder: JsonObject,
  op: Operation,
  attribute: Attribute,
  sub: Attribute,
  value: Json | undefined,
): void {
  const held = holder[attribute.name]
  const whole = isObject(held) ? held : emptyObject()
  setPart(whole, op, sub, value)
  if (Object.keys(whole).length > 0) holder[attribute.name] = whole
  else delete holder[attribute.name]
}

function setPart(whole: JsonObject, op: Operation, sub: Attribute, value: Json | undefined): void {
  const read = op === 'remove' ? undefined : readValue(sub, value ?? null)
  if (read !== undefined) whole[sub.name] = read
  else if (op !== 'add') delete whole[sub.name]
}

/** Without a value all of them; with a list of values, as Entra sends it, those and no others. */
function removeValues(holder: JsonObject, attribute: Attribute, value: Json): void {
  if (value === null || !attribute.multiValued) {
    delete holder[attribute.name]
    return
  }
  const unwanted = [value].flat(1).map((one) => (isObject(one) ? partsOf(one) : { value: one, type: undefined }))
  setValues(
    holder,
    attribute,
    listAt(holder, attribute).filter((one) => {
      const { value: held, type } = isObject(one) ? partsOf(one) : { value: one, type: undefined }
      return !unwanted.some((other) => other.value === held && (other.type === undefined || other.type === type))
    }),
  )
}

function partsOf(value: JsonObject): { value: Json | undefined; type: Json | undefined } {
  const names = namesOf(value)
  return { value: names.get('value')?.value, type: names.get('type')?.value }
}

/** A value that is there already stays one; what is said of it anew holds. */
function addValues(holder: JsonObject, attribute: Attribute, added: Json[]): void {
  const values = listAt(holder, attribute)
  const known = new Map(values.map((value) => [identityOf(value), value]))
  const changed: Json[] = []
  for (const value of added) {
    const same = known.get(identityOf(value))
    if (same === undefined) values.push(value)
    else if (isObject(same) && isObject(value)) Object.assign(same, value)
    changed.push(same ?? value)
  }
  keepOnePrimary(attribute, values, changed)
  setValues(holder, attribute, values)
}

/** Values that a filter chose, or all of them. */
function changeElements(
  holder: JsonObject,
  op: Operation,
  { attribute, sub, filter }: AttributePlace,
  value: Json | undefined,
): void {
  const values = listAt(holder, attribute)
  const chosen = values.filter(
    (one) => isObject(one) && (filter === null || matchesFilter(one, filter)),
  ) as JsonObject[]
  const isChosen = new Set<Json>(chosen)
  if (op === 'remove') {
    if (sub === null)
      return setValues(
        holder,
        attribute,
        values.filter((one) => !isChosen.has(one)),
      )
    for (const one of chosen) delete one[sub.name]
    return setValues(holder, attribute, values)
  }
  if (chosen.length === 0) {
    // RFC 7644 §3.5.2.3: nothing to replace. Where there is no value at all it counts as add, which is how Entra writes.
    const seed = op === 'replace' && values.length > 0 ? undefined : seedOf(filter)
    if (seed === undefined) throw badRequest('noTarget', `No value of ${attribute.name} matches.`)
    values.push(seed)
    chosen.push(seed)
  }
  for (const one of chosen) {
    if (sub !== null) setPart(one, op, sub, value)
    else {
      const read = readSingle(attribute, value ?? null)
      if (!isObject(read)) throw badRequest('invalidValue', `${attribute.name} takes an object.`)
      if (op === 'replace') for (const name of Object.keys(one)) delete one[name]
      Object.assign(one, read)
    }
  }
  keepOnePrimary(attribute, values, chosen)
  setValues(holder, attribute, values)
}

/** What a value must be to match: from `type eq "work"` a value of that type. Undefined where that is not said. */
function seedOf(filter: Filter | null): JsonObject | undefined {
  const seed = emptyObject()
  const isPlain = (part: Filter): boolean => {
    if (part.op === 'and') return part.filters.every(isPlain)
    if (part.op !== 'eq' || part.value === null) return false
    seed[part.path.attribute.name] = part.value
    return true
  }
  return filter === null || isPlain(filter) ? seed : undefined
}

/** RFC 7644 §3.5.2: what is made primary now takes it from the others. */
function keepOnePrimary(attribute: Attribute, values: readonly Json[], changed: readonly Json[]): void {
  const isPrimary = (value: Json): boolean => isObject(value) && value['primary'] === true
  const now = changed.filter(isPrimary)
  if (new Set(now).size > 1) throw badRequest('invalidValue', `${attribute.name} has one primary value at most.`)
  if (now.length > 0)
    for (const value of values) if (isObject(value) && value !== now[0] && isPrimary(value)) value['primary'] = false
}

const listAt = (holder: JsonObject, { name }: Attribute): Json[] => {
  const held = holder[name]
  return Array.isArray(held) ? [...held] : held === undefined || held === null ? [] : [held]
}

/** More of one kind nobody has; the members of a group are kept in another way. */
const mostValues = 1_000

function setValues(holder: JsonObject, { name }: Attribute, values: Json[]): void {
  if (values.length > mostValues && name !== 'members')
    throw badRequest('invalidValue', `${name} has at most ${mostValues} values.`)
  const kept = values.filter((value) => !isObject(value) || Object.keys(value).length > 0)
  if (kept.length > 0) holder[name] = kept
  else delete holder[name]
}
