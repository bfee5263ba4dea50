import { emptyObject, isObject, type Json, type JsonObject } from './schema.ts'

/** A copy that shares nothing. Resources are as deep as the schema, never deeper. */
export function copyResource(resource: JsonObject): JsonObject {
  const copy = emptyObject()
  for (const [name, value] of Object.entries(resource)) copy[name] = copyValue(value)
  return copy
}

const copyValue = (value: Json): Json =>
  Array.isArray(value) ? value.map(copyValue) : isObject(value) ? copyResource(value) : value
