import type { Action } from '../../audit/actions.ts'
import type { AuditEntry } from '../../audit/entry.ts'
import { readCookie, renderCookie } from '../../http/cookies.ts'
import { ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Admitted, AnsweredHere, Entry, ProxyRequest } from '../entry.ts'
import type { Route } from '../route.ts'
import { findStanding, standingOf } from './admit-session.ts'
import { problem, redirect } from './answers.ts'
import { createAssertions } from './assertions.ts'
import { noteRefusals } from '../../applications/note-refusals.ts'
import { identityHeaders, readIdentity } from './identity.ts'
import { isForPerson, isNavigation } from './is-navigation.ts'
import { GROUPS_CHANGED } from './judge-anew.ts'
import { judgeEntry } from './judge-entry.ts'
import { assertionHeader, ownHeaders } from './own-headers.ts'
import { answerOwnPath } from './own-paths.ts'
import type { EntryParts } from './parts.ts'
import { isPublicPath, pathClassOf } from './path-class.ts'
import { findProgram, noPrograms, programEnds, shownSecret } from './programs.ts'
import { refuseStepUp, refuseUnknown, refuseUse } from './refusals.ts'
import { renderPage } from './render-page.ts'
import { stateAge, stateOf } from './route-cookies.ts'
import { isReserved, safePath } from './safe-path.ts'
import { signInAddress } from './sign-in-address.ts'
import { createStandings, type Standing, type Verdict } from './standings.ts'

/** What stays open is looked at again so often, beside what is cut or judged anew at once. */
const lookAgainMs = 10_000
/** Whoever has just been led through a tap and is asked for another is not led round once more by itself. */
const justOpenedMs = 2_000

const nobody: Admitted = { kind: 'admitted', headers: {}, endsWith: [], until: Infinity }

/**
 * `entry/` owns how people come in on the host of a tool: the sign-in by a one-time code, the session there that hangs on
 * theirs, and what the tool is told of them. It decides nothing by itself: that is `applications/judge-use.ts`.
 */
export function createEntry(parts: EntryParts): Entry & {
  /** What was committed on this node ends here before anybody is told that it has. */
  after(events: readonly Pick<AuditEntry, 'action'>[]): void
} {
  const { policy, bus, origin, cookies, now } = parts
  const standings = createStandings(parts)
  const assert = createAssertions(parts)
  const noteRefusal = noteRefusals(parts)

  function admit(route: Route, request: ProxyRequest): Promise<Admitted | AnsweredHere> | Admitted | AnsweredHere {
    const { headers, path } = request
    if (isReserved(path)) return settled(request, answerOwnPath(parts, own, route, request))
    if (isPublicPath(route, path)) return nobody
    const { authorization } = headers
    const shown = authorization === undefined ? undefined : shownSecret(parts, authorization)
    const secret = shown ?? cookieOf(request)
    if (secret === undefined) return stranger(route, request)
    const verdict = recall(route, request, secret)
    if (verdict !== undefined && isAdmitted(verdict)) return verdict
    return settled(request, admitSlowly(route, request, { secret, isProgram: shown !== undefined }))
  }

  /** What was said a moment ago of such a request; nothing, too, where nobody knows at the moment which rules hold. */
  function recall(route: Route, request: ProxyRequest, secret: string): Verdict | undefined {
    try {
      const current = policy.current()
      const { address, isAgain = false } = request
      const standing = standings.recall(secret, { route, address, policy: current, isAgain, at: now() })
      return standing?.verdicts.get(pathClassOf(route, current)(request))
    } catch {
      return undefined
    }
  }

  async function admitSlowly(
    route: Route,
    request: ProxyRequest,
    shown: { secret: string; isProgram: boolean },
  ): Promise<Admitted | AnsweredHere> {
    if (shown.isProgram && route.settings.programs !== true) throw noPrograms(route)
    for (;;) {
      const ends = standings.count()
      const standing = await stand(route, request, shown)
      if (standing === undefined) {
        // What is open already is asked about by us. Whoever opens a page comes with the cookie of yesterday, and is led to
        // sign in as without one, whatever others at their address have shown.
        if (request.isAgain !== true && !isNavigation(request)) await parts.countFailure(request.address)
        return stranger(route, request)
      }
      const verdict = await judge(standing, request, shown.secret)
      // It ended while it was judged: whoever cuts what is open did not know of this one.
      if (ends !== standings.count()) continue
      return answer(standing, request, verdict)
    }
  }

  /** As remembered, or looked up. */
  async function stand(
    route: Route,
    { address, isAgain = false }: ProxyRequest,
    { secret, isProgram }: { secret: string; isProgram: boolean },
  ): Promise<Standing | undefined> {
    const current = policy.current()
    const known = standings.recall(secret, { route, address, policy: current, isAgain, at: now() })
    if (known !== undefined) return known
    return standings.learn(secret, async () => {
      if (!isProgram) return findStanding(parts, { secret, route, address, isAgain })
      const at = now()
      const caller = await findProgram(parts, { secret, address, isAgain }, at)
      return standingOf({ caller, route, address, policy: current, isAgain, at }, programEnds(caller), at)
    })
  }

  async function judge(standing: Standing, request: ProxyRequest, secret: string): Promise<Verdict> {
    const { route, caller, verdicts, endsWith } = standing
    const kind = pathClassOf(route, standing.policy)(request)
    const known = verdicts.get(kind)
    if (known !== undefined) return known
    const at = now()
    const verdict = await judgeEntry(parts, route, caller, request, at)
    if (verdict.outcome !== 'allow') {
      verdicts.set(kind, verdict)
      return verdict
    }
    const identity = await readIdentity(parts.database.read, caller)
    const sid = endsWith.find((id) => id.startsWith('rse_')) as `rse_${string}` | undefined
    const headers = {
      [assertionHeader]: await assert(hashSecret(secret), route, identity, sid),
      ...identityHeaders(route.settings.identityHeaders ?? {}, identity, caller.strength),
    }
    const admitted: Admitted = { kind: 'admitted', headers, endsWith, until: at + lookAgainMs }
    verdicts.set(kind, admitted)
    return admitted
  }

  async function answer(standing: Standing, request: ProxyRequest, verdict: Verdict): Promise<Admitted | AnsweredHere> {
    const { route, caller, endsWith, openedAt } = standing
    if (isAdmitted(verdict)) return verdict
    if (verdict.outcome === 'deny') {
      await noteRefusal(route.application, caller, { ...verdict, address: request.address })
      return refuseUse(route, request, verdict, origin)
    }
    if (request.isAgain === true) return { kind: 'admitted', headers: {}, endsWith, until: now() + lookAgainMs }
    if (isNavigation(request) && now() - openedAt >= justOpenedMs) return lead(route, request)
    const led = lead(route, request)
    const refused = refuseStepUp(route, request, verdict, led.headers['location'] as string)
    return { ...refused, headers: { ...refused.headers, 'set-cookie': led.headers['set-cookie'] ?? [] } }
  }

  /** Nobody that is known here. */
  function stranger(route: Route, request: ProxyRequest): AnsweredHere {
    return isNavigation(request) ? lead(route, request) : refuseUnknown(route, request, origin)
  }

  /** To our own origin and back: whoever comes back must be the browser that left from here. */
  function lead(route: Route, { method, headers, url }: ProxyRequest): AnsweredHere {
    const state = stateOf(readCookie(cookieHeader(headers), cookies.state))
    const to = signInAddress(origin, { route: route.host, state: hashSecret(state), to: safePath(url), method })
    return redirect(to, [renderCookie(cookies.state, state, { ...stateAge, secure: cookies.secure })])
  }

  const cookieOf = ({ headers }: ProxyRequest): string | undefined => {
    const secret = readCookie(cookieHeader(headers), cookies.session)
    return secret !== undefined && /^[\w-]{43}$/.test(secret) ? secret : undefined
  }

  /** Whose session this host has, also one that was idle for too long, for what we answer there ourselves. */
  async function findOpen(route: Route, request: ProxyRequest): Promise<Standing | undefined> {
    const secret = cookieOf(request)
    return secret === undefined ? undefined : stand(route, { ...request, isAgain: true }, { secret, isProgram: false })
  }

  /** Who is signed in on this host; to ask that is no use of a session. */
  async function findLive(route: Route, request: ProxyRequest): Promise<Standing | undefined> {
    const secret = cookieOf(request)
    if (secret === undefined) return undefined
    const { address } = request
    const standing = await findStanding(parts, { secret, route, address, isAgain: false, isUse: false })
    if (standing === undefined) await parts.countFailure(address)
    return standing
  }

  const own = { standings, find: findOpen, findLive }

  const listeners: ((account: string | undefined) => void)[] = []
  const judgeAnew = (account?: string): void => {
    standings.forgetAll()
    for (const listener of listeners) listener(account)
  }
  policy.onChanged(() => judgeAnew())
  bus.on(GROUPS_CHANGED, (account) => {
    judgeAnew(account === '' ? undefined : account)
    return 0
  })

  return {
    admit,
    onJudgedAnew: (listener) => void listeners.push(listener),
    ownHeaders,
    ownCookies: [cookies.session, cookies.state],
    after(events) {
      if (events.some(({ action }) => mayEndStandings(action))) standings.forgetAll()
    },
  }
}

/** Whatever ends sessions or tokens, or says anew who may open what. */
const mayEndStandings = (action: Action): boolean =>
  /^(?:access|agent|application|credential|grant|group|identity|password|person|provider|recovery|session|token)\./.test(
    action,
  ) && !/\.(?:opened|refused|started|created)$/.test(action)

const isAdmitted = (verdict: Verdict): verdict is Admitted => !('outcome' in verdict)

/** A refusal with words reaches whoever asked; anything else is for whoever carries the request. */
async function settled<Answer>(request: ProxyRequest, work: Promise<Answer>): Promise<Answer | AnsweredHere> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    if (!isForPerson(request)) return problem(error)
    const { help, headers } = error.details
    return renderPage({
      status: error.status,
      title: 'This did not open',
      sentences: [error.message, ...(help === undefined ? [] : [help])],
      ...(headers === undefined ? {} : { headers }),
    })
  }
}

/** Node joins several Cookie headers; a data plane may hand them on one by one. */
const cookieHeader = (headers: ProxyRequest['headers']): string | undefined => {
  const { cookie } = headers
  return Array.isArray(cookie) ? cookie.join('; ') : cookie
}
