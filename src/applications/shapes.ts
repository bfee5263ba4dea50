import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Strength, Time } from '../http/shapes.ts'
import { Rule } from '../policy/rule.ts'

export const ApplicationKindName = Type.Union([Type.Literal('openid'), Type.Literal('saml'), Type.Literal('route')])

export const ApplicationAudience = Type.Union(
  [Type.Literal('everyone'), Type.Literal('members'), Type.Literal('groups')],
  {
    description: 'everyone: guests too; members: all but guests; groups: those of the groups named, and nobody else',
  },
)

/** What may be asked beyond a passkey, which is the least there is. */
const LeastStrength = Nullable(
  Type.Union([Type.Literal('passkey'), Type.Literal('device-bound'), Type.Literal('attested')], {
    description: 'least strength beyond the floor: passkey, device-bound, attested; null for none',
  }),
)

export const ApplicationSlug = Type.String({
  // Pages and answers beside those of an application are called so.
  pattern: '^(?!(new|recipes|connectors)$)[a-z0-9][a-z0-9-]{1,38}$',
  description: '2–39 characters: small letters, digits and hyphens; not “new”, “recipes” or “connectors”',
})

const Settings = Type.Record(Type.String(), Type.Unknown(), { description: 'what its kind is told, see the recipes' })
const Groups = Type.Array(Type.String({ maxLength: 100 }), {
  maxItems: 100,
  uniqueItems: true,
  description: 'names of groups, for the audience of groups',
})
/** Its scheme is judged by `checkLaunchUrl`: whoever clicks it trusts us, not it. */
const LaunchUrl = Nullable(Type.String({ minLength: 1, maxLength: 500, description: 'where Home leads' }))
const Description = Type.Union([OneLine(160), Type.Literal('')], {
  description: 'one line of at most 160 visible characters',
})

export const NewApplication = Type.Object(
  {
    kind: ApplicationKindName,
    slug: ApplicationSlug,
    name: OneLine(60),
    description: Description,
    recipe: Nullable(Type.String({ pattern: '^[a-z0-9-]{1,40}$' })),
    launchUrl: LaunchUrl,
    audience: ApplicationAudience,
    groups: Groups,
    strength: LeastStrength,
    settings: Settings,
  },
  { additionalProperties: false },
)
export type NewApplication = Static<typeof NewApplication>

/** What is left out stays; settings are said whole. */
export const ApplicationChanges = Type.Object(
  {
    name: Type.Optional(OneLine(60)),
    description: Type.Optional(Description),
    launchUrl: Type.Optional(LaunchUrl),
    audience: Type.Optional(ApplicationAudience),
    groups: Type.Optional(Groups),
    strength: Type.Optional(LeastStrength),
    settings: Type.Optional(Settings),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type ApplicationChanges = Static<typeof ApplicationChanges>

const summary = {
  slug: Type.String(),
  name: Type.String(),
  description: Type.String(),
  kind: ApplicationKindName,
  /** The recipe it was set up by; null where none was. */
  recipe: Nullable(Type.String()),
  audience: ApplicationAudience,
  /** By name; empty where the audience is not groups, or its groups are gone: then it is open to nobody. */
  groups: Type.Array(Type.String()),
  strength: Nullable(Strength),
  /** Where Home leads; null where people go there by themselves. */
  opensAt: Nullable(Type.String()),
  /** When somebody was last let in. */
  lastOpenedAt: Nullable(Time),
  /** Why it is not changed here, in a sentence; null where it is. */
  keptElsewhere: Nullable(Type.String()),
}

export const ApplicationSummary = Type.Object(summary)
export type ApplicationSummary = Static<typeof ApplicationSummary>

export const CopiedValue = Type.Object({ name: Type.String(), label: Type.String(), value: Type.String() })
export type CopiedValue = Static<typeof CopiedValue>

export const ApplicationView = Type.Object({
  ...summary,
  id: Type.String(),
  /** Its own, where it names one. */
  launchUrl: Nullable(Type.String()),
  createdAt: Time,
  /** Null where a file made it. */
  createdBy: Nullable(PersonRef),
  settings: Type.Unknown(),
  /** What is put into the tool. */
  values: Type.Array(CopiedValue),
  /** Whether it has a secret that can be made anew. */
  hasSecret: Type.Boolean(),
})
export type ApplicationView = Static<typeof ApplicationView>

/** The one time that `shownOnce` is shown. */
export const ApplicationMade = Type.Object({ application: ApplicationView, shownOnce: Type.Array(CopiedValue) })
export type ApplicationMade = Static<typeof ApplicationMade>

/** Whom a test is about: oneself, unless somebody is named. */
export const SignInTestWanted = Type.Object(
  { username: Type.Optional(Type.String({ maxLength: 60 })) },
  { additionalProperties: false },
)

export const SignInTest = Type.Object({
  person: PersonRef,
  /** With what they are taken to come: their session, or their strongest key, tapped this moment. */
  strength: Strength,
  outcome: Type.Union([Type.Literal('allow'), Type.Literal('step-up'), Type.Literal('deny')]),
  /** Why not, or what is asked first; null where they are let in. */
  sentence: Nullable(Type.String()),
  help: Nullable(Type.String()),
  /** What the tool would be told. Nothing where they are refused. */
  sent: Type.Array(Type.Object({ name: Type.String(), value: Type.Union([Type.String(), Type.Array(Type.String())]) })),
  /** An address that its person has not confirmed is told to no tool. */
  isAddressProven: Type.Boolean(),
  /** The guardrails that speak of this person and this application, as they are written. */
  rules: Type.Array(Rule),
})
export type SignInTest = Static<typeof SignInTest>

/** One of the tools on somebody's own page. */
export const OwnTool = Type.Object({
  slug: Type.String(),
  name: Type.String(),
  description: Type.String(),
  kind: ApplicationKindName,
  recipe: Nullable(Type.String()),
  /** Null where they go there by themselves. */
  opensAt: Nullable(Type.String()),
  /** What they lack for it, in a sentence; null where they are let in. */
  needs: Nullable(Type.String()),
})
export type OwnTool = Static<typeof OwnTool>
