import type { App } from '../http/app.ts'
import type { CookieNames } from '../http/cookies.ts'
import type { EndAccess } from './ending/end-access.ts'
import type { Ceremonies } from './registration.ts'
import { agentRoutes } from './routes/agents.ts'
import { type RevokeKey, credentialRoutes } from './routes/credentials.ts'
import { groupRoutes } from './routes/groups.ts'
import { instanceRoutes } from './routes/instance.ts'
import { meRoutes } from './routes/me.ts'
import { peopleRoutes } from './routes/people.ts'
import { registrationRoutes } from './routes/registration.ts'
import { settingRoutes } from './routes/settings.ts'
import { signInRoutes } from './routes/sign-in.ts'

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
    version: string
    /** Told when a key that may have sealed something was vouched for or has ended. */
    signersChanged: () => void
    /** Writes down, in the transaction that ends a key, that it may be in wrong hands, and what stands of it. */
    revokeKey: RevokeKey
  } & Parameters<typeof groupRoutes>[1],
): void {
  instanceRoutes(app, parts)
  registrationRoutes(app, parts)
  signInRoutes(app, parts)
  meRoutes(app, parts)
  credentialRoutes(app, parts)
  peopleRoutes(app, parts)
  agentRoutes(app, parts)
  groupRoutes(app, parts)
  settingRoutes(app, parts)
}
