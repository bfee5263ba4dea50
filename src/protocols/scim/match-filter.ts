import { valuesAt } from './attribute-path.ts'
import type { CompareOperator, Filter } from './filter.ts'
import { foldCase } from './fold-case.ts'
import { type Attribute, isObject, type Json, type JsonObject } from './schema.ts'

/** RFC 7644 §3.4.2.2. `ne` holds where no value is equal, so also where there is none. */
export function matchesFilter(target: JsonObject, filter: Filter): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((one) => matchesFilter(target, one))
    case 'or':
      return filter.filters.some((one) => matchesFilter(target, one))
    case 'not':
      return !matchesFilter(target, filter.filter)
    case 'pr':
      return valuesAt(target, filter.path).some((value) => value !== '')
    case 'some':
      return valuesAt(target, filter.path).some((value) => isObject(value) && matchesFilter(value, filter.filter))
    default: {
      const { op, value, path } = filter
      const values = valuesAt(target, path)
      if (value === null) return (values.length === 0) === (op === 'eq')
      const attribute = path.sub ?? path.attribute
      if (op === 'ne') return !values.some((one) => compares(attribute, 'eq', one, value))
      return values.some((one) => compares(attribute, op, one, value))
    }
  }
}

function compares(attribute: Attribute, op: CompareOperator, held: Json, wanted: string | number | boolean): boolean {
  if (op === 'co' || op === 'sw' || op === 'ew') {
    if (typeof held !== 'string') return false
    const [text, part] = [inCase(attribute, held), inCase(attribute, String(wanted))]
    return op === 'co' ? text.includes(part) : op === 'sw' ? text.startsWith(part) : text.endsWith(part)
  }
  const order = compareValues(attribute, held, wanted)
  if (order === undefined) return false
  switch (op) {
    case 'eq':
      return order === 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    default:
      return order <= 0
  }
}

const inCase = ({ caseExact }: Attribute, text: string): string => (caseExact ? text : foldCase(text))

/** Below, at or above 0, by the attribute's type; undefined for values that have no order. */
export function compareValues(attribute: Attribute, one: Json, other: Json): number | undefined {
  if (typeof one === 'string' && typeof other === 'string') {
    if (attribute.type === 'dateTime') return Date.parse(one) - Date.parse(other)
    const [left, right] = [inCase(attribute, one), inCase(attribute, other)]
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (typeof one === typeof other && typeof one !== 'object') return Number(one) - Number(other)
  return undefined
}
