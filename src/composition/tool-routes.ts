import { applicationRoutes } from '../applications/routes.ts'
import { connectorRoutes } from '../proxy/connectors/routes.ts'
import { entryRoutes } from '../proxy/entry/entry-routes.ts'
import { routeStateRoute } from '../proxy/routes/state-route.ts'
import { listReachablePaths } from '../repositories/reachable.ts'
import { followSession } from '../sign-on/openid/follow-session.ts'
import { signOnRoutes } from '../sign-on/routes.ts'
import { samlRoutes } from '../sign-on/saml/routes.ts'
import type { Callers } from './callers.ts'
import type { Foundations } from './foundations.ts'
import type { ProxyParts } from './proxy.ts'
import type { SignOnParts } from './sign-on.ts'
import type { WebParts } from './web.ts'

/** Every other tool: signing on to it, and the hosts in front of it. */
export async function toolRoutes(
  base: Foundations,
  { authenticator, briefTokens }: Callers,
  { entering, routes }: ProxyParts,
  { clients, keys, saml, kinds }: SignOnParts,
  { tunnels, healthOf }: WebParts,
): Promise<void> {
  const { app, ceremonies, database, bus, policy, outbound, secrets, cookies, origin, now } = base
  await signOnRoutes(app, {
    ceremonies,
    bus,
    secrets,
    cookies,
    briefTokens,
    clients,
    keys: keys.current,
    endable: [keys, entering.keys],
    listReachablePaths: (userId, ids) => listReachablePaths(database.read, userId, ids),
    onError: base.failing('answering a program that wants to be let in'),
  })
  samlRoutes(app, { ...saml, database, policy, outbound, now })
  applicationRoutes(app, { database, policy, kinds, now })
  entryRoutes(app, {
    ...entering,
    routes,
    cookieNames: cookies,
    recognise: (request) => authenticator.fromRequest(request),
    followSession: (tx, moved) => followSession(tx, { bus, ...moved }),
  })
  routeStateRoute(app, { db: database.read, routes, origin, healthOf })
  connectorRoutes(app, { database, bus, tunnels, now })
}
