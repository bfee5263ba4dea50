import { Type } from 'typebox'
import type { Authenticator } from '../../access-keys/authenticate.ts'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { notFound } from '../../http/problem.ts'
import { type Caller, getEnrolling, getPerson, type SessionCaller } from '../../identity/caller.ts'
import { readPath } from '../door/read-path.ts'
import { routeOrigin } from '../routes/route-origin.ts'
import type { Route, Routes } from '../route.ts'
import { followBrowser, type FollowSession } from './follow-browser.ts'
import { judgeEntry } from './judge-entry.ts'
import { noteRefusals } from '../../applications/note-refusals.ts'
import type { EntryParts } from './parts.ts'
import { createRouteCode } from './route-codes.ts'
import { safePath } from './safe-path.ts'
import { listOpenTools } from './list-open-tools.ts'
import { EntryView, OpenTools } from './shapes.ts'

const state = /^[\w-]{43}$/
/** What somebody was about to do on the host of a route. */
const About = {
  route: Type.String({ maxLength: 253 }),
  to: Type.Optional(Type.String({ maxLength: 4000 })),
  method: Type.Optional(Type.String({ pattern: '^[A-Z]{3,10}$' })),
}

/** On our own origin: where people are let in on the hosts of routes, what stands in their way, and our public keys. */
export function entryRoutes(
  app: App,
  parts: EntryParts & {
    routes: Routes
    cookieNames: CookieNames
    recognise: Authenticator['fromRequest']
    followSession: FollowSession
  },
): void {
  const { database, policy, routes, origin, keys, recognise, now } = parts
  const noteRefusal = noteRefusals(parts)
  followBrowser(app, { ...parts, cookies: parts.cookieNames })

  app.get('/proxy/jwks', {
    config: { access: 'public' },
    schema: { response: { 200: Type.Object({ keys: Type.Array(Type.Unknown()) }) } },
    handler: async (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(await keys.jwks()),
  })

  // A page's own navigation, and nothing of it changes anything but in the browser that asked.
  app.get('/proxy/sign-in', {
    config: { access: 'public' },
    schema: {
      querystring: Type.Object({ ...About, state: Type.Optional(Type.String({ maxLength: 100 })) }),
    },
    async handler(request, reply) {
      const { query } = request
      const { method = 'GET' } = query
      const route = routes.find(query.route)
      const to = safePath(query.to)
      if (route === undefined) return reply.redirect(page({ route: query.route }), 303)
      // A sign-in begins on the host itself: whoever has no mark from there could be let in as somebody else.
      if (query.state === undefined || !state.test(query.state))
        return reply.redirect(`${routeOrigin(origin, route.host)}${to}`, 303)
      const way = { route: route.host, state: query.state, to, ...(method === 'GET' ? {} : { method }) }
      const here = `/proxy/sign-in?${new URLSearchParams(way).toString()}`
      const caller = await recognise(request)
      if (caller === undefined || !isSession(caller))
        return reply.redirect(`/-/sign-in?${new URLSearchParams({ returnTo: here }).toString()}`, 303)
      const verdict = await judge(route, caller, { to, method, address: request.ip })
      if (verdict.outcome === 'deny') await noteRefusal(route.application, caller, { ...verdict, address: request.ip })
      if (verdict.outcome !== 'allow') return reply.redirect(page(way), 303)
      const of = { sessionId: caller.by.sessionId, applicationId: route.application.id }
      const code = await database.write((tx) =>
        createRouteCode(tx, { ...of, stateHash: way.state, path: method === 'GET' ? to : '/' }, now()),
      )
      return reply
        .header('referrer-policy', 'no-referrer')
        .redirect(`${routeOrigin(origin, route.host)}/.postern/enter?${new URLSearchParams({ code }).toString()}`, 303)
    },
  })

  app.get('/api/v1/proxy/entry', {
    config: { access: 'enrolling' },
    schema: {
      querystring: Type.Object(About),
      response: { 200: EntryView },
    },
    async handler(request) {
      const { query } = request
      const route = routes.find(query.route)
      if (route === undefined) throw notFound('This tool')
      const verdict = await judge(route, getEnrolling(request), {
        to: safePath(query.to),
        method: query.method ?? 'GET',
        address: request.ip,
      })
      const { name, description } = route.application
      const told = { name, description, address: routeOrigin(origin, route.host) }
      if (verdict.outcome === 'allow') return { ...told, outcome: 'allow' as const }
      const { outcome, sentence, rule } = verdict
      return {
        ...told,
        outcome,
        sentence,
        rule: rule?.title ?? null,
        ...(verdict.outcome === 'deny' ? { help: verdict.help } : { kind: verdict.kind }),
      }
    },
  })

  app.get('/api/v1/me/open-tools', {
    config: { access: 'person' },
    schema: { response: { 200: OpenTools } },
    handler: async (request) => ({ items: await listOpenTools(database.read, getPerson(request).id) }),
  })

  const judge = (
    route: Route,
    caller: Caller,
    { to, ...asked }: { to: string; method: string; address: string },
  ): ReturnType<typeof judgeEntry> =>
    judgeEntry({ database, policy }, route, caller, { ...asked, path: readPath(to)?.path ?? '/' }, now())
}

const page = (query: Record<string, string>): string => `/-/route?${new URLSearchParams(query).toString()}`

const isSession = (caller: Caller): caller is SessionCaller => caller.by.kind === 'session' && caller.kind === 'person'
