import type { FastifyRequest } from 'fastify'
import type { Authenticator } from '../access-keys/authenticate.ts'
import type { Database } from '../database/handles.ts'
import { createDirectoryGuard } from '../directory/scim/directory-guard.ts'
import type { Access, Guard } from '../http/access.ts'
import { forbidden } from '../http/problem.ts'
import type { RateLimits } from '../http/rate-limit.ts'
import { getActor, getActorAnywhere } from '../identity/actor.ts'
import { checkShortfall, getCaller, getEnrolling, isAdmin } from '../identity/caller.ts'
import { createMetricsGuard } from '../metrics/metrics-guard.ts'
import { createRepositoryGuards } from '../repositories/access.ts'
import { createGitGuard } from '../repositories/git-guard.ts'

interface GuardParts {
  database: Database
  /** Where the repositories lie. */
  root: string
  authenticator: Authenticator
  limits: RateLimits
  metricsToken: string | undefined
  now: () => number
}

/** What each kind of access that a route declares asks of who calls. They find out once who that is, and count it. */
export function createGuards({
  database,
  root,
  authenticator,
  limits,
  metricsToken,
  now,
}: GuardParts): Record<Access, Guard> {
  const known = limits.counting(async (request) => {
    request.caller = await authenticator.fromRequest(request)
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
    signed: limits.counting(async () => {}),
    git: limits.counting(createGitGuard({ db: database.read, root, authenticator })),
    directory: limits.counting(createDirectoryGuard({ database, now })),
    metrics: limits.counting(createMetricsGuard({ token: metricsToken })),
  }
}
