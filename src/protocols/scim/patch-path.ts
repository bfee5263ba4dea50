import { type AttributePath, findAttributePath, splitSchema } from './attribute-path.ts'
import type { Filter } from './filter.ts'
import { longestFilter, parseValueFilter } from './parse-filter.ts'
import { findAttribute, type ResourceType } from './schema.ts'
import { badRequest } from './scim-error.ts'

/** Where an operation acts. An extension as a whole, or an attribute, some of its values, a part of it or of those. */
export type PatchPath =
  | { kind: 'extension'; container: string }
  | ({ kind: 'attribute'; filter: Filter | null } & AttributePath)

/** RFC 7644 §3.5.2: `PATH = attrPath / valuePath [subAttr]`. @throws ScimError `invalidPath`, `invalidFilter` */
export function parsePatchPath(type: ResourceType, text: string): PatchPath {
  const path = findPatchPath(type, text)
  if (path === undefined) throw badRequest('invalidPath', `${text.slice(0, 200)} is no attribute of a ${type.name}.`)
  return path
}

/** The same; undefined where the schema knows no such path. @throws ScimError `invalidFilter` */
export function findPatchPath(type: ResourceType, text: string): PatchPath | undefined {
  if (text.length > 2 * longestFilter) throw badRequest('invalidPath', 'The path is too long.')
  const split = splitSchema(type, text)
  if (split === undefined) return undefined
  if (split.rest === '') return split.container === null ? undefined : { kind: 'extension', container: split.container }
  const opens = text.indexOf('[')
  if (opens === -1) {
    const path = findAttributePath(type, text)
    return path && { kind: 'attribute', filter: null, ...path }
  }
  const closes = text.lastIndexOf(']')
  const path = findAttributePath(type, text.slice(0, opens))
  if (path === undefined || path.sub !== null || path.attribute.type !== 'complex' || closes < opens) return undefined
  const after = text.slice(closes + 1)
  const sub = after === '' ? null : findAttribute(path.attribute.subAttributes ?? [], after.replace(/^\./, ''))
  if (sub === undefined || (after !== '' && !after.startsWith('.'))) return undefined
  return { kind: 'attribute', ...path, sub, filter: parseValueFilter(path, text.slice(opens + 1, closes)) }
}
