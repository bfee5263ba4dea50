import { type Static, Type } from 'typebox'
import { Nullable } from '../../http/shapes.ts'

const NameId = Type.Union([
  Type.Literal('persistent'),
  Type.Literal('transient'),
  Type.Literal('email'),
  Type.Literal('username'),
])
const Format = Type.Union([Type.Literal('basic'), Type.Literal('uri'), Type.Literal('unspecified')])
const Value = Type.Union([
  Type.Literal('id'),
  Type.Literal('username'),
  Type.Literal('email'),
  Type.Literal('name'),
  Type.Literal('groups'),
  /** Of their groups, those that the application is open to. */
  Type.Literal('audience'),
  Type.Literal('role'),
  Type.Literal('constant'),
])

/** What is read before a tap must not hide or reorder anything, and XML holds no control characters. */
const visible = (minLength: number, maxLength: number, description: string) =>
  Type.String({ minLength, maxLength, pattern: String.raw`^[^\p{C}\u2028\u2029]*$`, description })

/** One thing that a tool is told beside the name, under the name that it looks for. */
const AttributeRule = Type.Object(
  {
    name: visible(1, 300, 'the name that the application looks for, in visible characters'),
    /** How the name is meant; `basic` unless said. */
    format: Type.Optional(Format),
    /** `constant` sends the same of everybody. */
    value: Value,
    constant: Type.Optional(visible(1, 1000, 'what is sent, in visible characters')),
  },
  { additionalProperties: false },
)
export type AttributeRule = Static<typeof AttributeRule>

/** What an administrator says of an application that asks by SAML; what is left out is as in `defaults`. */
export const SamlSettings = Type.Object(
  {
    /** What it calls itself: its entity id, compared letter by letter. */
    entityId: Type.String({
      pattern: String.raw`^[^\s\p{C}]{1,1024}$`,
      description: 'the entity id of the application, as its own page or its metadata says it',
    }),
    /** Where answers go, compared letter by letter; the first unless it asks for another. */
    acsUrls: Type.Array(
      Type.String({
        pattern: String.raw`^https?://[^\s\p{C}#]{1,490}$`,
        description: 'an address such as https://wiki.example/saml/acs, to which answers are posted',
      }),
      { minItems: 1, maxItems: 20, uniqueItems: true },
    ),
    /** Under which name it knows people: a pseudonym of its own, another one each time, their proven address, their user name. */
    nameId: Type.Optional(NameId),
    attributes: Type.Optional(Type.Array(AttributeRule, { maxItems: 50 })),
    /** Whether what it asks has to be signed, which takes its certificate. */
    requireSignedRequests: Type.Optional(Type.Boolean()),
    /** PEM, or its base64 alone. A signature that comes is judged where there is one, demanded or not. */
    certificate: Type.Optional(Nullable(Type.String({ maxLength: 20_000, description: 'a certificate as PEM' }))),
    /** Whether the answer is signed beside the assertion in it. */
    signResponse: Type.Optional(Type.Boolean()),
    /** Sent along where it is opened from here; empty for none. */
    defaultRelayState: Type.Optional(visible(0, 1000, 'what is sent along, in visible characters')),
    /** Whether it can be opened from here, without having asked. */
    allowIdpInitiated: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type SamlSettings = Static<typeof SamlSettings>
export type FullSettings = Required<SamlSettings>

const defaults: Omit<FullSettings, 'entityId' | 'acsUrls'> = {
  nameId: 'username',
  attributes: [],
  requireSignedRequests: false,
  certificate: null,
  signResponse: false,
  defaultRelayState: '',
  allowIdpInitiated: false,
}

export const withDefaults = (settings: SamlSettings): FullSettings => ({ ...defaults, ...settings })
