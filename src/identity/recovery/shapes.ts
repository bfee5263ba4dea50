import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../../http/shapes.ts'

const Kind = Type.Union([Type.Literal('code'), Type.Literal('second-person')])

/** A recovery under way, as administrators see it. */
export const RecoveryView = Type.Object({
  id: Type.String(),
  person: PersonRef,
  kind: Kind,
  /** `waiting`: its link does not open yet. */
  state: Type.Union([Type.Literal('waiting'), Type.Literal('open')]),
  startedBy: Nullable(PersonRef),
  /** Where the code was used; empty for a second person's. */
  address: Type.String(),
  createdAt: Time,
  opensAt: Time,
  /** Until then a former passkey can cancel it, even when the new one is registered. */
  cancelUntil: Time,
  expiresAt: Time,
  isRegistered: Type.Boolean(),
  /** Its link lets nobody in: whoever made it has left, or may not let this person in any more. */
  isLinkDead: Type.Boolean(),
})
export type RecoveryView = Static<typeof RecoveryView>

/** How the signed-in person could get back in, and whether they just do. */
export const OwnRecovery = Type.Object({
  codesLeft: Type.Integer(),
  codesMadeAt: Nullable(Time),
  /** They came in by it; former passkeys wait until `cancelUntil`. */
  underWay: Nullable(Type.Object({ kind: Kind, startedAt: Time, cancelUntil: Time })),
})
export type OwnRecovery = Static<typeof OwnRecovery>

export const NewCodes = Type.Object({ codes: Type.Array(Type.String()), madeAt: Time })
export type NewCodes = Static<typeof NewCodes>

/** The one link that registers the new passkey. */
export const RecoveryBegun = Type.Object({
  link: Type.String(),
  opensAt: Time,
  expiresAt: Time,
  cancelUntil: Time,
})
export type RecoveryBegun = Static<typeof RecoveryBegun>

/** What the browser's passkey picker is told; null where nothing may be said, as while a recovery is not settled. */
export const PasskeySignals = Nullable(
  Type.Object({
    rpId: Type.String(),
    /** WebAuthn user handle, base64url. */
    userId: Type.String(),
    name: Type.String(),
    displayName: Type.String(),
    allAcceptedCredentialIds: Type.Array(Type.String()),
  }),
)
export type PasskeySignals = Static<typeof PasskeySignals>
