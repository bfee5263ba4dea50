import { type Filter as Parsed, parse } from 'scim2-parse-filter'
import { type AttributePath, findAttributePath } from './attribute-path.ts'
import type { CompareOperator, Filter } from './filter.ts'
import { findAttribute, type ResourceType } from './schema.ts'
import { badRequest } from './scim-error.ts'

/** A filter is refused before it is read when it is longer (bytes) or deeper than any client's. */
export const longestFilter = 2048
export const deepestFilter = 50

type Find = (name: string) => AttributePath | undefined

/** @throws ScimError `invalidFilter` */
export const parseFilter = (type: ResourceType, text: string): Filter =>
  resolve(read(text), (name) => findAttributePath(type, name))

/** The filter between the brackets of a path: its names are those of sub-attributes. @throws ScimError */
export const parseValueFilter = (of: AttributePath, text: string): Filter => resolve(read(text), findIn(of))

const findIn =
  ({ attribute }: AttributePath): Find =>
  (name) => {
    const sub = findAttribute(attribute.subAttributes ?? [], name)
    return sub === undefined ? undefined : { container: null, attribute: sub, sub: null }
  }

const invalid = (detail: string): Error => badRequest('invalidFilter', detail)

interface Read {
  tree: Parsed
  strings: readonly string[]
}

function read(text: string): Read {
  if (Buffer.byteLength(text) > longestFilter) throw invalid(`A filter has at most ${longestFilter} bytes.`)
  // The parser reads a string's escapes in a way of its own, and an unclosed one with line breaks takes it for ever.
  const strings: string[] = []
  const bare = text.replaceAll(/"(?:[^"\\\p{Cc}]|\\.)*"/gu, (quoted) => {
    strings.push(parseString(quoted))
    return `"${strings.length - 1}"`
  })
  if (/[\p{Cc}\\]/u.test(bare) || /"/.test(bare.replaceAll(/"\d+"/g, '')))
    throw invalid('The filter has a string that does not end.')
  // RFC 7644 figure 1: `not` takes parentheses.
  if (/\bnot\b(?!\s*\()/i.test(bare.replaceAll(/"\d+"/g, '""')))
    throw invalid('not is followed by a filter in parentheses.')
  if (depthOf(bare) > deepestFilter) throw invalid(`A filter is at most ${deepestFilter} levels deep.`)
  try {
    return { tree: parse(sameElement(bare)), strings }
  } catch {
    throw invalid('This is not a filter of RFC 7644 section 3.4.2.2.')
  }
}

function parseString(quoted: string): string {
  try {
    const text = String(JSON.parse(quoted))
    // No store takes these, and nothing is called so.
    if (!text.includes('\0') && text.isWellFormed()) return text
  } catch {
    // Refused below.
  }
  throw invalid('The filter has a string with an escape that stands for nothing.')
}

function depthOf(text: string): number {
  let deepest = 0
  let depth = 0
  for (const [sign] of text.matchAll(/[()[\]]|\bnot\b/gi)) {
    depth += sign === ')' || sign === ']' ? -1 : 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

/** `emails[type eq "work"].value eq "x"` means one and the same element. */
const sameElement = (text: string): string =>
  text.replaceAll(
    /\[([^[\]]*)\]\.(\w+)\s+(pr\b|\w{2}\s+(?:"\d+"|[^\s()[\]]+))/gi,
    (_, within: string, sub: string, test: string) => `[(${within}) and ${sub} ${test}]`,
  )

function resolve({ tree, strings }: Read, find: Find): Filter {
  const at = (name: string, inner: Find): AttributePath => {
    const path = inner(name)
    if (path === undefined || path.attribute.returned === 'never')
      throw invalid(`${name.slice(0, 100)} is no attribute that can be filtered by.`)
    return path
  }
  const walk = (node: Parsed, inner: Find): Filter => {
    switch (node.op) {
      case 'and':
      case 'or':
        return { op: node.op, filters: node.filters.map((one) => walk(one, inner)) }
      case 'not':
        return { op: 'not', filter: walk(node.filter, inner) }
      case 'pr':
        return { op: 'pr', path: at(node.attrPath, inner) }
      case '[]': {
        const path = at(node.attrPath, inner)
        if (path.attribute.type !== 'complex' || path.sub !== null)
          throw invalid(`${path.attribute.name} has no values to choose from.`)
        return { op: 'some', path, filter: walk(node.valFilter, findIn(path)) }
      }
      default: {
        const value = typeof node.compValue === 'string' ? (strings[Number(node.compValue)] ?? '') : node.compValue
        return compare(node.op, at(node.attrPath, inner), value)
      }
    }
  }
  return walk(tree, find)
}

function compare(op: CompareOperator, found: AttributePath, value: string | number | boolean | null): Filter {
  const path = comparable(found)
  const { name, type } = path.sub ?? path.attribute
  const isOrder = op !== 'eq' && op !== 'ne'
  if (value === null) {
    if (isOrder) throw invalid(`Nothing is ${op} null.`)
    return { op, path, value }
  }
  if (type === 'boolean') {
    const read = String(value).toLowerCase()
    if (isOrder || (read !== 'true' && read !== 'false'))
      throw invalid(`${name} is true or false, and is compared by eq or ne alone.`)
    return { op, path, value: read === 'true' }
  }
  // RFC 7644 §3.4.2.2: binary values have no order.
  if (type === 'binary' && isOrder) throw invalid(`${name} is compared by eq or ne alone.`)
  if (type === 'dateTime' && (op === 'co' || op === 'sw' || op === 'ew' || Number.isNaN(Date.parse(String(value)))))
    throw invalid(`${name} is compared with a time such as 2026-01-31T12:00:00Z.`)
  if (typeof value === 'boolean') throw invalid(`${name} is not true or false.`)
  return { op, path, value: type === 'integer' ? Number(value) : String(value) }
}

/** A complex attribute is compared by a sub-attribute; of those with many values that is `value` where none is named. */
function comparable(path: AttributePath): AttributePath {
  const { attribute, sub } = path
  if (sub !== null || attribute.type !== 'complex') return path
  const value = attribute.multiValued ? findAttribute(attribute.subAttributes ?? [], 'value') : undefined
  if (value === undefined) throw invalid(`${attribute.name} is compared by one of its parts, as in ${attribute.name}.…`)
  return { ...path, sub: value }
}
