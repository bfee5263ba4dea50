import { changeAttribute } from './change-attribute.ts'
import { copyResource } from './copy-resource.ts'
import { findPatchPath, parsePatchPath, type PatchPath } from './patch-path.ts'
import type { PatchOperation } from './patch-request.ts'
import { emptyObject, isObject, type Json, type JsonObject, type ResourceType } from './schema.ts'
import { badRequest } from './scim-error.ts'

/**
 * The resource as a patch leaves it, RFC 7644 §3.5.2; the one given stays as it is, also when an operation is refused.
 * @throws ScimError `invalidPath`, `invalidValue`, `mutability`, `noTarget`
 */
export function applyPatch(
  type: ResourceType,
  resource: JsonObject,
  operations: readonly PatchOperation[],
): JsonObject {
  const patched = copyResource(resource)
  for (const { op, path, value } of operations)
    if (path === undefined) changeSeveral(type, patched, op, value ?? null)
    else changeAt(type, patched, op, parsePatchPath(type, path), value)
  for (const { name, required } of type.schema.attributes)
    if (required && typeof patched[name] === 'string' && patched[name].trim() === '')
      throw badRequest('invalidValue', `${name} is required.`)
  return patched
}

/**
 * Without a path: the value holds attributes, and with some directories paths, by their names. What the schema does not
 * know, or does not let anybody change, is passed over, as in a create.
 */
function changeSeveral(type: ResourceType, resource: JsonObject, op: PatchOperation['op'], value: Json): void {
  if (!isObject(value)) throw badRequest('invalidValue', `${op} without a path takes an object of attributes.`)
  for (const [name, part] of Object.entries(value)) {
    const path = findPatchPath(type, name)
    if (path === undefined || (path.kind === 'attribute' && isReadOnly(path))) continue
    changeAt(type, resource, op, path, part)
  }
}

const isReadOnly = ({ attribute, sub }: PatchPath & { kind: 'attribute' }): boolean =>
  attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly'

function changeAt(
  type: ResourceType,
  resource: JsonObject,
  op: PatchOperation['op'],
  path: PatchPath,
  value: Json | undefined,
): void {
  if (path.kind === 'extension') return changeExtension(type, resource, op, path.container, value)
  if (path.attribute.name === 'schemas') return
  const { container } = path
  if (container === null) return changeAttribute(resource, op, path, value)
  const held = resource[container]
  const holder = isObject(held) ? held : emptyObject()
  changeAttribute(holder, op, path, value)
  if (Object.keys(holder).length > 0) resource[container] = holder
  else delete resource[container]
}

function changeExtension(
  type: ResourceType,
  resource: JsonObject,
  op: PatchOperation['op'],
  container: string,
  value: Json | undefined,
): void {
  if (op === 'remove' || value === null || value === undefined) delete resource[container]
  else if (!isObject(value)) throw badRequest('invalidValue', `${container} is an object.`)
  else
    for (const [name, part] of Object.entries(value)) {
      const path = findPatchPath(type, `${container}:${name}`)
      if (path?.kind === 'attribute' && !isReadOnly(path)) changeAt(type, resource, op, path, part)
    }
}
