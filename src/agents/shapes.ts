import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Time } from '../http/shapes.ts'

export const AgentView = Type.Object({
  ...PersonRef.properties,
  /** Who answers for it, and with whom it ends; null: nobody can, and its tokens do not count until somebody does. */
  owner: Nullable(PersonRef),
  isMine: Type.Boolean(),
  state: Type.Union([Type.Literal('active'), Type.Literal('ended')]),
  createdAt: Time,
  tokenCount: Type.Integer(),
  /** When one of its tokens was last used, to within a minute. */
  lastUsedAt: Nullable(Time),
})
export type AgentView = Static<typeof AgentView>

/** What an agent asks people to allow. The seal of whoever does names all of it by its digest. */
export const NewPermission = Type.Object(
  {
    title: OneLine(200),
    /** Shown beside the tap, in this order. */
    details: Type.Array(Type.Object({ label: OneLine(60), value: OneLine(500) }, { additionalProperties: false }), {
      maxItems: 20,
    }),
    /** Things that the seal vouches for, by SHA-256: a plan, an artefact, a script. */
    subjects: Type.Array(
      Type.Object(
        {
          name: Type.String({ pattern: '^[a-z]+(?:[.-][a-z]+)*$', maxLength: 60 }),
          sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 6 },
    ),
    /** Whose members are asked, any one of whom is enough; without it, whoever answers for the agent. */
    group: Type.Optional(Type.String({ maxLength: 63 })),
    expiresInMinutes: Type.Optional(Type.Integer({ minimum: 5, maximum: 1440 })),
  },
  { additionalProperties: false },
)
export type NewPermission = Static<typeof NewPermission>

export const PermissionView = Type.Object({
  id: Type.String(),
  agent: PersonRef,
  title: Type.String(),
  group: Nullable(Type.String()),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('given'),
    Type.Literal('refused'), // by everybody who was asked
    Type.Literal('expired'),
  ]),
  /** `GET /api/v1/seal-requests/{id}/wait` waits for one of them. */
  sealRequests: Type.Array(Type.String()),
  createdAt: Time,
  expiresAt: Time,
  givenBy: Nullable(PersonRef),
})
export type PermissionView = Static<typeof PermissionView>

/** What the agent carries on: enough to check, with stock tools and off this server, that a person allowed exactly this. */
export const PermissionReceipt = Type.Object({
  version: Type.Literal(1),
  id: Type.String(),
  /** As it was asked, RFC 8785; its SHA-256 is the statement's subject `request`. */
  body: Type.String(),
  /** The seal, as docs/formats/seal.md writes it. */
  seal: Type.Unknown(),
  /** Whose key that is, likewise. */
  signer: Type.Unknown(),
  /** The line for `ssh-keygen -Y verify -n approval@postern`; null where stock tools cannot check this key. */
  allowedSigner: Nullable(Type.String()),
})
export type PermissionReceipt = Static<typeof PermissionReceipt>
