import { type Static, Type } from 'typebox'
import { RuleRequirement } from '../policy/rule.ts'

const seconds = (least: number, most: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: least, maximum: most, description }))
const path = Type.String({ pattern: '^/[^\\p{C}?#]*$', maxLength: 200 })
const paths = Type.Array(path, { minItems: 1, maxItems: 100, uniqueItems: true })
const headerName = '^[A-Za-z][A-Za-z0-9-]{0,62}$'

/** What the upstream is told in a header that it already knows. */
export const IdentityClaim = Type.Union([
  Type.Literal('username'),
  Type.Literal('email'),
  Type.Literal('name'),
  Type.Literal('groups'),
  Type.Literal('strength'),
])
export type IdentityClaim = Static<typeof IdentityClaim>

/** More than the policy asks, for a part of one tool. */
export const RouteRule = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\p{C}]+$' }),
    paths: Type.Optional(paths),
    methods: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{3,10}$' }), { minItems: 1, maxItems: 20 })),
    /** Only for those who come from here. */
    networks: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { minItems: 1, maxItems: 200 })),
    /** Names of groups: there, nobody else may. */
    groups: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 })),
    requires: Type.Optional(RuleRequirement),
  },
  { additionalProperties: false },
)
export type RouteRule = Static<typeof RouteRule>

/** Where a route leads and how: what the console's form and `routes.yaml` say alike. */
export const RouteSettings = Type.Object(
  {
    /** `http:` or `https:`, host, port, and nothing behind it. */
    upstream: Type.String({ maxLength: 300 }),
    /**
     * Who carries the bytes: `proxy` (unless said otherwise) is this server; with `forward-auth` a proxy in front does, and
     * only asks at `/proxy/verify`: `upstream` then says where it leads, and is never dialled from here.
     */
    by: Type.Optional(Type.Union([Type.Literal('proxy'), Type.Literal('forward-auth')])),
    /** Name of the connector that dials it; without one this machine does. */
    connector: Type.Optional(Type.String({ maxLength: 60 })),
    tls: Type.Optional(
      Type.Object(
        {
          /** PEM: who may vouch for the upstream beside the public authorities. */
          ca: Type.Optional(Type.String({ maxLength: 100_000 })),
          serverName: Type.Optional(Type.String({ maxLength: 253 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** The upstream hears the name it is asked by here, rather than its own. On unless said otherwise. */
    keepHost: Type.Optional(Type.Boolean()),
    /** Plain headers for tools that know no better, by name: `Remote-User: username`. */
    identityHeaders: Type.Optional(Type.Record(Type.String({ pattern: headerName }), IdentityClaim)),
    /** Set on each request to the upstream. */
    requestHeaders: Type.Optional(Type.Record(Type.String({ pattern: headerName }), Type.String({ maxLength: 2000 }))),
    /** Set on each answer. */
    responseHeaders: Type.Optional(Type.Record(Type.String({ pattern: headerName }), Type.String({ maxLength: 2000 }))),
    /** Nobody is asked who they are there. */
    publicPaths: Type.Optional(paths),
    rules: Type.Optional(Type.Array(RouteRule, { maxItems: 100 })),
    /** API tokens and client credentials get through as well. */
    programs: Type.Optional(Type.Boolean()),
    /** Asked every so often; the console says whether it answers. */
    healthPath: Type.Optional(path),
    timeouts: Type.Optional(
      Type.Object(
        {
          connectSeconds: seconds(1, 60, 'to reach the upstream; 5'),
          answerSeconds: seconds(1, 3600, 'until its answer begins; 60'),
          idleSeconds: seconds(1, 86_400, 'between two parts of an answer; 300'),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type RouteSettings = Static<typeof RouteSettings>
