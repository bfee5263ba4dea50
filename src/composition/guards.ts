import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../access-keys/authenticate.ts'
import type { Database } from '../database/handles.ts'
import { createDirectoryGuard } from '../directory/scim/directory-guard.ts'
import type { Access, Guard } from '../http/access.ts'
import { forbidden } from '../http/problem.ts'
import type { RateLimits } from '../http/rate-limit.ts'
import { getActor, getActorAnywhere } from '../identity/actor.ts'
import { checkMayChange, checkShortfall, getCaller, getEnrolling, isAdmin } from '../identity/caller.ts'
import { createMetricsGuard } from '../metrics/metrics-guard.ts'
import { createRepositoryGuards } from '../repositories/access.ts'
import { createGitGuard } from '../repositories/git-guard.ts'
import type { LfsCallers } from '../repositories/lfs/lfs-callers.ts'

interface GuardParts {
  database: Database
  /** Where the repositories lie. */
  root: string
  authenticator: Authenticator
  lfsCallers: LfsCallers
  limits: RateLimits
  metricsToken: string | undefined
  now: () => number
}

interface Guards {
  /** They find out who calls, and count it. */
  access: Record<Access, Guard>
  /** Asks all of it anew once a body has come that was waited for: who calls may be less by then. Counts nothing. */
  again: Record<Access, Guard>
}

/** What each kind of access that a route declares asks of who calls. */
export const createGuards = (parts: GuardParts): Guards => ({
  access: guardsOf(parts, { counting: parts.limits.counting, isAgain: false }),
  again: guardsOf(parts, { counting: (guard) => guard, isAgain: true }),
})

function guardsOf(
  { database, root, authenticator, lfsCallers, metricsToken, now }: GuardParts,
  { counting, isAgain }: { counting: RateLimits['counting']; isAgain: boolean },
): Record<Access, Guard> {
  const known = counting(async (request) => {
    request.caller = await authenticator.fromRequest(request, isAgain)
  })
  // What a session lacks makes it nobody's where anybody may come.
  const anybody: Guard = async (request) => {
    await known(request)
    if (request.caller?.shortfall) request.caller = undefined
  }
  const andThen =
    (guard: Guard): Guard =>
    async (request) => {
      await known(request)
      checkShortfall(request)
      checkMayChange(request)
      // Before its body is read: whoever has no key cannot carry out what takes a tap, whatever they send.
      if (request.routeOptions.config.act !== undefined) getActor(request)
      await guard(request)
    }
  const asOrganisation = (isEnough: (request: FastifyRequest) => boolean, role: string): Guard =>
    andThen(async (request) => {
      if (!isEnough(request)) throw forbidden(`Only an ${role} of the organisation can do this.`, 'Ask one of them.')
    })
  const inRepositories = createRepositoryGuards({ db: database.read, root })
  return {
    public: anybody,
    enrolling: andThen(async (request) => void getEnrolling(request)),
    user: andThen(async (request) => void getCaller(request)),
    person: andThen(async (request) => void getActorAnywhere(request)),
    'organisation:admin': asOrganisation((request) => isAdmin(getActorAnywhere(request)), 'administrator'),
    'organisation:owner': asOrganisation((request) => getActorAnywhere(request).role === 'owner', 'owner'),
    'project:read': andThen(inRepositories['project:read']),
    'project:admin': andThen(inRepositories['project:admin']),
    'repository:read': andThen(inRepositories['repository:read']),
    'repository:write': andThen(inRepositories['repository:write']),
    'repository:status': andThen(inRepositories['repository:status']),
    'repository:admin': andThen(inRepositories['repository:admin']),
    signed: counting(async () => {}),
    git: counting(createGitGuard({ db: database.read, root, authenticator, lfsCallers })),
    directory: counting(createDirectoryGuard({ database, now })),
    metrics: counting(createMetricsGuard({ token: metricsToken })),
  }
}
