export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type JsonObject = { [name: string]: Json }

/** One attribute and its characteristics, RFC 7643 §2.2 and §7. */
export interface Attribute {
  name: string
  type: 'string' | 'boolean' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex'
  multiValued: boolean
  description: string
  required: boolean
  caseExact: boolean
  mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  returned: 'always' | 'never' | 'default' | 'request'
  uniqueness: 'none' | 'server' | 'global'
  canonicalValues?: readonly string[]
  referenceTypes?: readonly string[]
  subAttributes?: readonly Attribute[]
}

export interface Schema {
  id: string
  name: string
  description: string
  attributes: readonly Attribute[]
}

/** RFC 7643 §6. */
export interface ResourceType {
  name: string
  /** Below the base URI. */
  endpoint: string
  description: string
  schema: Schema
  extensions: readonly { schema: Schema; required: boolean }[]
}

/** A string that may be read and written and is compared without its case, but for what is said otherwise. */
export const attribute = (
  name: string,
  description: string,
  characteristics: Partial<Omit<Attribute, 'name' | 'description'>> = {},
): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...characteristics,
})

export const complex = (
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  characteristics: Partial<Omit<Attribute, 'name' | 'description'>> = {},
): Attribute => attribute(name, description, { ...characteristics, type: 'complex', subAttributes })

/** RFC 7643 §2.4: many values, each with a type, a label and one of them primary. */
export const plural = (
  name: string,
  description: string,
  { value = {}, types = [] }: { value?: Partial<Omit<Attribute, 'name'>>; types?: readonly string[] } = {},
): Attribute =>
  complex(
    name,
    description,
    [
      attribute('value', value.description ?? 'The value.', value),
      attribute('display', 'How it is shown.'),
      attribute('type', 'What it is for.', types.length === 0 ? {} : { canonicalValues: types }),
      attribute('primary', 'Whether it is the preferred one; true at most once.', { type: 'boolean' }),
    ],
    { multiValued: true },
  )

/** Names are compared without their case, RFC 7643 §2.1. */
export const findAttribute = (attributes: readonly Attribute[], name: string): Attribute | undefined => {
  const wanted = name.toLowerCase()
  return attributes.find((one) => one.name.toLowerCase() === wanted)
}

/** Every object that is built from what others sent: no name in it reaches anything inherited. */
export const emptyObject = (): JsonObject => Object.create(null) as JsonObject

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
