import { type Static, Type } from 'typebox'
import { Nullable } from '../../http/shapes.ts'

const Address = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'an address such as https://wiki.example/callback',
})
const Addresses = (minItems: number) => Type.Array(Address, { minItems, maxItems: 20, uniqueItems: true })

/** What an administrator says of an application that asks by OpenID Connect; what is left out is as in `defaults`. */
export const OpenidSettings = Type.Object(
  {
    /** Where answers go, compared letter by letter. */
    redirectUris: Addresses(1),
    /** Where it may send people after it signed them out. */
    postLogoutRedirectUris: Type.Optional(Addresses(0)),
    /** Where it is told that somebody’s sign-on is over, OpenID Connect Back-Channel Logout 1.0. */
    backchannelLogoutUri: Type.Optional(Nullable(Address)),
    /** False for what runs in people’s browsers or on their own machines. */
    keepsSecret: Type.Optional(Type.Boolean()),
    /** `optional` for products that do not know PKCE, and then with a secret only. */
    pkce: Type.Optional(Type.Union([Type.Literal('required'), Type.Literal('optional')])),
    /** Somebody else’s: people are asked before it learns who they are. */
    isThirdParty: Type.Optional(Type.Boolean()),
    /** Which groups of a person it is told: none, all, or those that its audience names. */
    groups: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('all'), Type.Literal('audience')])),
    /** Whether it may renew what it was given without the browser, while the session lives. */
    refreshTokens: Type.Optional(Type.Boolean()),
    /** What identity tokens and words of an end are signed with; RS256 for products that take nothing else. */
    idTokenAlgorithm: Type.Optional(Type.Union([Type.Literal('ES256'), Type.Literal('RS256')])),
    /** Whether a device without a browser can be signed on to it by a code that its person types, RFC 8628. */
    deviceFlow: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type OpenidSettings = Static<typeof OpenidSettings>
export type FullSettings = Required<OpenidSettings>

const defaults: Omit<FullSettings, 'redirectUris'> = {
  postLogoutRedirectUris: [],
  backchannelLogoutUri: null,
  keepsSecret: true,
  pkce: 'required',
  isThirdParty: false,
  groups: 'none',
  refreshTokens: false,
  idTokenAlgorithm: 'ES256',
  deviceFlow: false,
}

export const withDefaults = (settings: OpenidSettings): FullSettings => ({ ...defaults, ...settings })
