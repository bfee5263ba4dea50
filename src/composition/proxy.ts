import { KEY_ENDED } from '../access-keys/ssh-credential.ts'
import { ACCESS_ENDED, SESSION_ENDED } from '../identity/ending/end-access.ts'
import { createAssertionKeys } from '../proxy/entry/assertion-keys.ts'
import { createEntry } from '../proxy/entry/create-entry.ts'
import { createRouteSessionFollower } from '../proxy/entry/end-with-sessions.ts'
import { createGroupFollower } from '../proxy/entry/judge-anew.ts'
import type { EntryParts } from '../proxy/entry/parts.ts'
import { routeCookieNames } from '../proxy/entry/route-cookies.ts'
import { createRoutes } from '../proxy/routes/load-routes.ts'
import { createWho } from '../proxy/who/who.ts'
import type { Callers } from './callers.ts'
import type { Foundations } from './foundations.ts'
import { createRouteKinds } from './route-kinds.ts'

export type ProxyParts = ReturnType<typeof openProxy>

/** The hosts in front of tools: which there are, and who has come in at each. */
export function openProxy(base: Foundations, { sources, cut }: Callers) {
  const { app, config, database, policy, bus, secrets, instance, origin, meters, connections, limits, opened, now } =
    base
  const who = createWho({ issuer: origin, jwks: () => entering.keys.jwks() })
  opened.defer(() => who.close())
  const routes = createRoutes({
    database,
    site: base.place,
    upstreamOf: who.upstreamOf,
    onError: base.failing('reading the routes'),
  })
  opened.defer(() => routes.close())
  const entering: EntryParts = {
    database,
    policy,
    bus,
    sources,
    origin,
    cookies: routeCookieNames(origin),
    keys: createAssertionKeys({ secrets, since: instance.createdAt, now }),
    cut,
    countFailure: limits.countFailure,
    now,
  }
  // Before the connections are cut: what has ended is forgotten first, and let on no more.
  const entry = createEntry(entering)
  for (const ended of [ACCESS_ENDED, KEY_ENDED, SESSION_ENDED]) bus.on(ended, (id) => connections.cut(id))
  base.follow(createRouteSessionFollower(cut), createGroupFollower(bus))
  base.after(routes.after, entry.after)
  const { console: kind, routesFile } = createRouteKinds({
    config,
    database,
    cut,
    countProblems: meters.routesFile,
    now,
    logger: app.log,
  })
  if (routesFile !== undefined) {
    opened.defer(() => routesFile.close())
    base.after(routesFile.after)
  }
  return { routes, entering, entry, kind, routesFile }
}
