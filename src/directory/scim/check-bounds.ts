import { enterpriseUserSchema, userSchema } from '../../protocols/scim/user-schema.ts'
import { type Attribute, isObject, type Json, type JsonObject } from '../../protocols/scim/schema.ts'
import { badRequest } from '../../protocols/scim/scim-error.ts'

const longestText = 1_024
/** Certificates, as base64. */
const longestBinary = 16_384
const mostValues = 100

/** That no value of a person is longer, and no list of them fuller, than anybody needs. @throws ScimError `invalidValue` */
export function checkBounds(resource: JsonObject): void {
  const extension = resource[enterpriseUserSchema.id]
  for (const attribute of userSchema.attributes) checkValue(attribute, resource[attribute.name], attribute.name)
  if (!isObject(extension)) return
  for (const attribute of enterpriseUserSchema.attributes)
    checkValue(attribute, extension[attribute.name], `${enterpriseUserSchema.id}:${attribute.name}`)
}

function checkValue(attribute: Attribute, value: Json | undefined, path: string): void {
  if (Array.isArray(value)) {
    if (value.length > mostValues) throw badRequest('invalidValue', `${path} has at most ${mostValues} values.`)
    for (const each of value) checkValue(attribute, each, path)
  } else if (isObject(value))
    for (const part of attribute.subAttributes ?? []) checkValue(part, value[part.name], `${path}.${part.name}`)
  else if (typeof value === 'string') {
    const longest = attribute.type === 'binary' ? longestBinary : longestText
    if (value.length > longest) throw badRequest('invalidValue', `${path} has at most ${longest} characters.`)
  }
}
