import { type Static, Type } from 'typebox'

/** Most rules of one policy, and most entries of one list in a rule: beyond that nobody reads it. */
export const mostRules = 500
const list = (pattern: string, description: string, more: { minItems?: number } = {}) =>
  // Said of each entry too: a refusal quotes it, and nobody reads a pattern.
  Type.Array(Type.String({ pattern, maxLength: 200, description }), {
    maxItems: 200,
    uniqueItems: true,
    description,
    ...more,
  })

export const RuleMode = Type.Union([Type.Literal('enforce'), Type.Literal('report'), Type.Literal('off')])
export type RuleMode = Static<typeof RuleMode>

/** What a rule may ask for. Each part is optional; what is left out is not asked. */
export const RuleRequirement = Type.Object(
  {
    strength: Type.Optional(
      Type.Union([Type.Literal('passkey'), Type.Literal('device-bound'), Type.Literal('attested')], {
        description: 'least strength of the key that proves it',
      }),
    ),
    freshnessSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_592_000,
        description: 'how old the last tap of a session may be, 60 at least; 0: a tap bound to each push or tag',
      }),
    ),
    people: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 2, description: 'how many people must tap for one change' }),
    ),
    models: Type.Optional(
      Type.Object(
        {
          allow: Type.Optional(list(modelPattern(), 'categories, or models by AAGUID; nothing else may be used')),
          deny: Type.Optional(list(modelPattern(), 'categories, or models by AAGUID, that may not be used')),
        },
        { additionalProperties: false },
      ),
    ),
    networks: Type.Optional(list('^[0-9a-fA-F.:]+(/\\d{1,3})?$', 'addresses or CIDR ranges', { minItems: 1 })),
    sessionIdleSeconds: Type.Optional(
      Type.Integer({ minimum: 60, maximum: 2_592_000, description: 'a session unused for so long ends' }),
    ),
    sessionAbsoluteSeconds: Type.Optional(
      Type.Integer({ minimum: 900, maximum: 7_776_000, description: 'a session ends this long after sign-in' }),
    ),
    tokenLifetimeDays: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 365, description: 'an API token ends this long after it was made' }),
    ),
  },
  { additionalProperties: false },
)
export type RuleRequirement = Static<typeof RuleRequirement>

/** What a rule may permit, for a while: to sign in with less than a passkey. It lowers the floor there and nowhere else. */
export const RulePermission = Type.Object(
  {
    signIn: Type.Union([Type.Literal('password'), Type.Literal('mfa')], {
      description: 'what is enough: a password, or a password and a code',
    }),
    until: Type.Integer({
      minimum: 0,
      description: 'milliseconds since the epoch, 180 days ahead at most; then it takes a passkey again',
    }),
  },
  { additionalProperties: false },
)
export type RulePermission = Static<typeof RulePermission>

/**
 * A guardrail: who, doing what, where, must prove it how. Written by people and kept as it was written, except that
 * projects and repositories are stored by id, so that a rename does not lift a rule.
 */
export const Rule = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'stable name, chosen by whoever writes it' }),
    title: Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\p{C}]+$', description: 'one line' }),
    mode: RuleMode,
    who: list(
      '^(everyone|people|guests|agents|role:(owner|admin|member|guest)|repository-role:(admin|write|read)|(user|group):[^\\p{C}:,]{1,100})$',
      'any of these: everyone, people, guests, agents, role:admin, repository-role:admin, user:ana, group:operations',
      { minItems: 1 },
    ),
    does: list('^(\\*|[a-z-]+(\\.(\\*|[a-z-]+))?)$', 'acts: merge, credential.add, credential.*, *', { minItems: 1 }),
    where: Type.Optional(
      Type.Object(
        {
          repositories: Type.Optional(
            list('^[^\\p{C}]+$', 'project or project/repository, only there', { minItems: 1 }),
          ),
          branches: Type.Optional(list('^[^\\p{C}]+$', 'branch names; * stands for anything', { minItems: 1 })),
          networks: Type.Optional(
            list('^[0-9a-fA-F.:]+(/\\d{1,3})?$', 'only for those who come from here', { minItems: 1 }),
          ),
          applications: Type.Optional(
            list('^[a-z0-9][a-z0-9-]{1,38}$', 'applications by their short names', { minItems: 1 }),
          ),
          paths: Type.Optional(
            list('^/[^\\p{C}?#]*$', 'paths behind the proxy; * stands for anything', { minItems: 1 }),
          ),
          methods: Type.Optional(list('^[A-Z]{3,10}$', 'methods behind the proxy: POST, DELETE', { minItems: 1 })),
        },
        { additionalProperties: false },
      ),
    ),
    requires: RuleRequirement,
    /** Instead of asking for anything: `requires` is empty then. */
    permits: Type.Optional(RulePermission),
    graceDays: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 365,
        description: 'each person has so many days from the day they joined a group that the rule names',
      }),
    ),
    enforceFrom: Type.Optional(
      Type.Integer({ minimum: 0, description: 'milliseconds since the epoch; until then people are reminded' }),
    ),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>

/** A rule as decisions and sentences name it. */
export interface RuleRef {
  id: string
  title: string
}

/** What an administrator writes, exports and imports: all rules, and which reports about a model count against it. */
export const Policy = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 300 })),
    version: Type.Literal(1),
    rules: Type.Array(Rule, { maxItems: mostRules, description: `a list of ${mostRules} rules at most` }),
    refusedModelStatuses: Type.Array(Type.String({ pattern: '^[A-Z][A-Za-z0-9_]{1,60}$' }), {
      maxItems: 40,
      uniqueItems: true,
      description: 'FIDO metadata status reports that count against a model',
    }),
  },
  { additionalProperties: false },
)
export type Policy = Static<typeof Policy>

export const firstPolicy: Policy = {
  version: 1,
  rules: [],
  refusedModelStatuses: [
    'REVOKED',
    'ATTESTATION_KEY_COMPROMISE',
    'USER_VERIFICATION_BYPASS',
    'USER_KEY_REMOTE_COMPROMISE',
    'USER_KEY_PHYSICAL_COMPROMISE',
  ],
}

function modelPattern(): string {
  return '^(synced|platform|hardware-key|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$'
}
