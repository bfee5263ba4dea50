import { recordEvent } from '../../audit/record.ts'
import { readCookie, renderCookie } from '../../http/cookies.ts'
import { nothingHere, ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import { actorOf } from '../../identity/caller.ts'
import type { AnsweredHere, ProxyRequest } from '../entry.ts'
import type { Route } from '../route.ts'
import { json, problem, redirect } from './answers.ts'
import { readIdentity } from './identity.ts'
import { isForPerson } from './is-navigation.ts'
import { judgeArrival } from './judge-arrival.ts'
import type { EntryParts } from './parts.ts'
import { notSignedInTo, signInThere } from './refusals.ts'
import { renderPage } from './render-page.ts'
import { consumeRouteCode } from './route-codes.ts'
import { createRouteSession, endRouteSessions } from './route-sessions.ts'
import { safePath } from './safe-path.ts'
import type { Standing, Standings } from './standings.ts'

interface Open {
  standings: Standings
  find: (route: Route, request: ProxyRequest) => Promise<Standing | undefined>
  /** Within the limits of the session. */
  findLive: (route: Route, request: ProxyRequest) => Promise<Standing | undefined>
}

/** What stands under `/.postern/` on the host of each route. */
export async function answerOwnPath(
  parts: EntryParts,
  open: Open,
  route: Route,
  request: ProxyRequest,
): Promise<AnsweredHere> {
  // Spelled in another way it would be somebody else's: what is judged is what was sent.
  const [path = ''] = request.url.split('?')
  if (request.method === 'GET' && path === '/.postern/enter') return enter(parts, open, route, request)
  if (request.method === 'GET' && path === '/.postern/who') return who(parts, open, route, request)
  if (path === '/.postern/sign-out') return signOut(parts, open, route, request)
  throw nothingHere()
}

/** Ends the way through our origin: a code that was made for this browser becomes a session here. */
async function enter(parts: EntryParts, open: Open, route: Route, request: ProxyRequest): Promise<AnsweredHere> {
  const { database, cookies, cut, now } = parts
  const code = new URLSearchParams(request.url.split('?')[1]).get('code') ?? ''
  const held = [request.headers['cookie']].flat().join('; ')
  const state = readCookie(held, cookies.state)
  const former = readCookie(held, cookies.session)
  const recorded = await judgeArrival(parts, { code, route, address: request.address })
  const begun = await database.write(async (tx) => {
    const at = now()
    const row = await consumeRouteCode(tx, code, at)
    if (row === undefined || row.applicationId !== route.application.id) return undefined
    // Somebody else's code, pasted or linked, is worth nothing in this browser: it holds another mark, or none.
    if (state === undefined || hashSecret(state) !== row.stateHash) return { path: row.path, secret: undefined }
    const session = await tx
      .selectFrom('session')
      .innerJoin('user', 'user.id', 'session.userId')
      .select(['session.userId', 'session.strength', 'session.expiresAt'])
      .where('session.id', '=', row.sessionId)
      .where('session.endedAt', 'is', null)
      .where('user.state', '=', 'active')
      .executeTakeFirst()
    if (session === undefined) return undefined
    if (former !== undefined) {
      const [replaced] = await tx
        .selectFrom('routeSession')
        .select('id')
        .where('secretHash', '=', hashSecret(former))
        .where('applicationId', '=', row.applicationId)
        .execute()
      if (replaced !== undefined) await endRouteSessions(tx, { id: replaced.id }, { cut, at })
    }
    const { id, secret } = await createRouteSession(tx, row, at)
    await recordEvent(tx, {
      action: 'application.opened',
      actor: { id: session.userId, method: 'session', strength: session.strength },
      target: { kind: 'application', id: row.applicationId },
      facts: { application: route.application.name, host: route.host, routeSession: id },
      ...(recorded === undefined ? {} : { decision: recorded }),
      personal: { address: request.address },
      at,
    })
    return { path: row.path, secret, seconds: Math.max(1, Math.floor((session.expiresAt - at) / 1000)) }
  })
  if (begun?.secret !== undefined) {
    if (former !== undefined) open.standings.forget(former)
    return redirect(safePath(begun.path), [
      renderCookie(cookies.session, begun.secret, { secure: cookies.secure, maxAgeSeconds: begun.seconds }),
      renderCookie(cookies.state, '', { secure: cookies.secure, maxAgeSeconds: 0 }),
    ])
  }
  // Two tabs at once, or the way back in the browser: whoever is in already just goes on.
  if ((await open.find(route, request)) !== undefined) return redirect(safePath(begun?.path))
  await parts.countFailure(request.address)
  return renderPage({
    status: 403,
    title: 'This way in is over',
    sentences: [
      'It works once, for a minute, and only in the browser that asked for it.',
      'If somebody sent you this link, close this page.',
    ],
    actions: [{ label: `Open ${route.application.name}`, href: '/' }],
  })
}

/** For tools' own pages: who is signed in here, and where that ends. */
async function who(
  { database, origin }: EntryParts,
  open: Open,
  route: Route,
  request: ProxyRequest,
): Promise<AnsweredHere> {
  const standing = await open.findLive(route, request)
  if (standing === undefined)
    return problem(
      new ProblemError(401, 'sign-in-required', notSignedInTo(route.application.name), {
        help: signInThere(route, origin),
      }),
    )
  const { sub, preferred_username, name, email, groups, auth_time } = await readIdentity(database.read, standing.caller)
  return json({
    id: sub,
    username: preferred_username,
    name,
    email: email ?? null,
    groups,
    strength: standing.caller.strength,
    authenticatedAt: auth_time ?? null,
    application: route.application.name,
    signOut: '/.postern/sign-out',
    home: `${origin}/`,
  })
}

/**
 * Ends what this browser holds here. A link may lead to it, since tools have one for signing out; a page of another site
 * may not load it unseen, and the cookie of this host does not come along there anyway.
 */
async function signOut(
  { database, cookies, cut, origin, now }: EntryParts,
  open: Open,
  route: Route,
  request: ProxyRequest,
): Promise<AnsweredHere> {
  const { method, headers } = request
  const isOwnPost = method === 'POST' && [undefined, 'same-origin'].includes(headers['sec-fetch-site'] as string)
  if (!(method === 'GET' && isForPerson(request)) && !isOwnPost)
    throw new ProblemError(405, 'not-allowed', 'Signing out takes a browser that comes here, or a page of this host.', {
      help: 'Lead the browser there, or send a POST from a page of this host.',
      headers: { allow: 'GET, POST' },
    })
  const standing = await open.find(route, request)
  const id = standing?.endsWith.find((each) => each.startsWith('rse_')) as `rse_${string}` | undefined
  if (standing !== undefined && id !== undefined)
    await database.write(async (tx) => {
      const at = now()
      if ((await endRouteSessions(tx, { id }, { cut, at })) === 0) return
      await recordEvent(tx, {
        action: 'session.ended',
        actor: actorOf(standing.caller),
        target: { kind: 'route-session', id },
        facts: { application: route.application.name, host: route.host },
        at,
      })
    })
  const secret = readCookie([headers['cookie']].flat().join('; '), cookies.session)
  if (secret !== undefined) open.standings.forget(secret)
  return renderPage({
    status: 200,
    title: `You are signed out of ${route.application.name}`,
    sentences: [
      'In this browser, and here alone: what else you have open goes on, and one click brings you back in.',
      'If this is not your own device, sign out everywhere.',
    ],
    actions: [
      { label: 'Sign out everywhere', href: `${origin}/-/route?signOut=yes` },
      { label: `Open ${route.application.name} again`, href: '/', isQuiet: true },
    ],
    headers: {
      'set-cookie': [renderCookie(cookies.session, '', { secure: cookies.secure, maxAgeSeconds: 0 })],
    },
  })
}
