import { type Static, Type } from 'typebox'
import { FreeText, Nullable, OneLine, PersonRef, Time } from '../../http/shapes.ts'
import { Email, OrganisationRole, Username } from '../shapes.ts'

/** Most addresses of one tap: more than somebody still reads would be. */
export const mostInvited = 100

const PlaceRole = Type.Union([Type.Literal('admin'), Type.Literal('write'), Type.Literal('read')])

export const NewInvitations = Type.Object(
  {
    emails: Type.Array(Email, { minItems: 1, maxItems: mostInvited }),
    role: OrganisationRole,
    /** Names of groups. */
    groups: Type.Optional(Type.Array(OneLine(64), { maxItems: 50 })),
    /** Projects, or `project/repository`. */
    grants: Type.Optional(
      Type.Array(Type.Object({ path: OneLine(140), role: PlaceRole }, { additionalProperties: false }), {
        maxItems: 50,
      }),
    ),
    /** For a guest, when access ends by itself; `guestDays` from now unless told. */
    endsAt: Type.Optional(Time),
    /** For a guest, who answers for them; whoever invites unless told. */
    sponsor: Type.Optional(Username),
    message: Type.Optional(FreeText(200)),
    /** By a letter; the default where mail is set up. Otherwise the links are in the answer, and nowhere else. */
    byMail: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type NewInvitations = Static<typeof NewInvitations>

export const InvitationView = Type.Object({
  id: Type.String(),
  email: Type.String(),
  /** `void`: whoever invited may no longer do so. */
  state: Type.Union([
    Type.Literal('open'),
    Type.Literal('accepted'),
    Type.Literal('expired'),
    Type.Literal('withdrawn'),
    Type.Literal('void'),
  ]),
  role: OrganisationRole,
  /** Those that still exist. */
  groups: Type.Array(Type.String()),
  grants: Type.Array(Type.Object({ path: Type.String(), role: PlaceRole })),
  endsAt: Nullable(Time),
  sponsor: Nullable(PersonRef),
  by: PersonRef,
  message: Type.String(),
  createdAt: Time,
  expiresAt: Time,
  sentAt: Nullable(Time),
  acceptedAt: Nullable(Time),
  acceptedBy: Nullable(PersonRef),
})
export type InvitationView = Static<typeof InvitationView>

/** `link` is null where it went by mail. */
export const InvitationMade = Type.Object({ invitation: InvitationView, link: Nullable(Type.String()) })
export type InvitationMade = Static<typeof InvitationMade>
