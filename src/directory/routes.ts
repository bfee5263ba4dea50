import type { App } from '../http/app.ts'
import { connectionRoutes } from './connections/routes.ts'
import { type DomainParts, domainRoutes } from './domains/routes.ts'
import type { ScimParts } from './scim/scim-parts.ts'
import { scimRoutes } from './scim/routes.ts'
import { type UpstreamParts, upstreamRoutes } from './upstream/routes.ts'

/**
 * `directory/` owns what an organisation says of its people elsewhere: the directories that bring people and groups, its
 * domains, other places to sign in. It never ends access by itself: it decides, and `identity/ending` carries it out.
 */
export function directoryRoutes(
  app: App,
  parts: Parameters<typeof connectionRoutes>[1] & DomainParts & UpstreamParts & ScimParts,
): void {
  connectionRoutes(app, parts)
  domainRoutes(app, parts)
  upstreamRoutes(app, parts)
  scimRoutes(app, parts)
}
