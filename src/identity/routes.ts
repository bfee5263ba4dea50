import type { App } from '../http/app.ts'
import type { CookieNames } from '../http/cookies.ts'
import { breakGlassRoutes } from './break-glass/routes.ts'
import type { RecoveryStops } from './recovery/begin-recovery.ts'
import { recoveryRoutes } from './recovery/routes.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Admission } from './admission.ts'
import { guestRoutes } from './guests/routes.ts'
import type { GrantPlaces } from './invitations/grant-places.ts'
import type { InvitationParts } from './invitations/invite.ts'
import { invitationRoutes } from './invitations/routes.ts'
import type { EndAccess } from './ending/end-access.ts'
import type { Receipts } from './ending/receipts.ts'
import { importRoutes } from './import/routes.ts'
import { passwordRoutes } from './passwords/routes.ts'
import type { WriteLetter } from './profile/own-letter.ts'
import type { Ceremonies } from './registration.ts'
import { agentRoutes } from './routes/agents.ts'
import { type RevokeKey, credentialRoutes } from './routes/credentials.ts'
import { endingRoutes } from './routes/ending.ts'
import { groupRoutes } from './routes/groups.ts'
import type { ListReachedTools } from './reached-tools.ts'
import { instanceRoutes } from './routes/instance.ts'
import { meRoutes } from './routes/me.ts'
import { peopleRoutes } from './routes/people.ts'
import { profileRoutes } from './routes/profile.ts'
import { registrationRoutes } from './routes/registration.ts'
import { settingRoutes } from './routes/settings.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { selfRegistrationRoutes } from './self-registration/routes.ts'

/**
 * `identity/` owns people, groups, their passkeys and sessions, and the ceremonies between them. It never says what a
 * person may do to a repository, and it makes no seal: an act that needs one names it on its route.
 */
export function identityRoutes(
  app: App,
  parts: {
    ceremonies: Ceremonies
    cookies: CookieNames
    endAccess: EndAccess
    secrets: Secrets
    receipts: Receipts
    /** What an account has open on this node. */
    countOpen: (accountId: string) => number
    /** The ways in which somebody without an account is let in. */
    admissions: readonly Admission[]
    places: GrantPlaces
    listReachedTools: ListReachedTools
    queueLetter: InvitationParts['queueLetter']
    writeLetter: WriteLetter
    version: string
    /** What stops when somebody begins to get back into an account. */
    stops: RecoveryStops
    onBreakGlassUsed: () => void
    /** Told when a key that may have sealed something was vouched for or has ended. */
    signersChanged: () => void
    /** Writes down, in the transaction that ends a key, that it may be in wrong hands, and what stands of it. */
    revokeKey: RevokeKey
  } & Parameters<typeof groupRoutes>[1],
): void {
  instanceRoutes(app, parts)
  registrationRoutes(app, parts)
  signInRoutes(app, parts)
  passwordRoutes(app, parts)
  meRoutes(app, parts)
  profileRoutes(app, parts)
  selfRegistrationRoutes(app, { ...parts, ...parts.ceremonies, origin: parts.ceremonies.place.origin })
  credentialRoutes(app, parts)
  peopleRoutes(app, parts)
  invitationRoutes(app, { ...parts, ...parts.ceremonies, origin: parts.ceremonies.place.origin })
  guestRoutes(app, parts)
  importRoutes(app, parts)
  agentRoutes(app, parts)
  groupRoutes(app, parts)
  settingRoutes(app, parts)
  endingRoutes(app, parts)
  recoveryRoutes(app, parts)
  breakGlassRoutes(app, { ...parts, onUsed: parts.onBreakGlassUsed })
}
