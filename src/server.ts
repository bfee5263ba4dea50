import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyRequest } from 'fastify'
import { createAuthenticator } from './access-keys/authenticate.ts'
import { accessKeyRoutes } from './access-keys/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import type { Config } from './config.ts'
import { openDatabase } from './database/open.ts'
import { enforceAccess, type Guard } from './http/access.ts'
import { createApp } from './http/app.ts'
import { consoleRoutes } from './http/console.ts'
import { cookieNames } from './http/cookies.ts'
import { healthRoutes } from './http/health.ts'
import { forbidden } from './http/problem.ts'
import { getCaller, getPerson, isAdmin } from './identity/caller.ts'
import { createChallenges } from './identity/challenges.ts'
import { ensureInstance } from './identity/instance.ts'
import type { Ceremonies } from './identity/registration.ts'
import { identityRoutes } from './identity/routes.ts'
import { createActGuard } from './seals/act-guard.ts'
import { sealRoutes } from './seals/routes.ts'
import { version } from './version.ts'

export interface Postern {
  ceremonies: Ceremonies
  isSetUp: boolean
  listen(): Promise<void>
  close(): Promise<void>
}

const consoleFolder = fileURLToPath(new URL('../dist/console', import.meta.url))

/**
 * The composition root: the one place that names every feature and hands each what it needs, clock included. It
 * decides nothing itself.
 */
export async function createPostern(config: Config, now: () => number = Date.now): Promise<Postern> {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  const database = await openDatabase(config.databaseUrl)
  const place = { rpId: config.rpId, origin: config.url.origin }
  const instance = await ensureInstance(database, place, now())
  const cookies = cookieNames(config.url)
  const ceremonies: Ceremonies = { database, challenges: createChallenges(database, now), place, now }
  const authenticator = createAuthenticator({ database, cookies, origin: place.origin, now })

  const app = createApp({ ...config, log: { level: config.logLevel } })
  app.decorateRequest('caller', undefined)
  app.decorateRequest('takeSeal', () => Promise.reject(new Error('this route declares no act')))

  const known: Guard = async (request) => {
    request.caller = await authenticator.fromRequest(request)
  }
  const asUser: Guard = async (request) => {
    await known(request)
    getCaller(request)
  }
  const asPerson: Guard = async (request) => {
    await known(request)
    getPerson(request)
  }
  const asOrganisation =
    (isEnough: (request: FastifyRequest) => boolean, role: string): Guard =>
    async (request) => {
      await asPerson(request)
      if (!isEnough(request)) throw forbidden(`Only an ${role} of the organisation can do this.`, 'Ask one of them.')
    }
  enforceAccess(app, {
    access: {
      public: known,
      user: asUser,
      person: asPerson,
      'organisation:admin': asOrganisation((request) => isAdmin(getPerson(request)), 'administrator'),
      'organisation:owner': asOrganisation((request) => getPerson(request).role === 'owner', 'owner'),
      'project:read': asUser,
      'project:admin': asUser,
      'repository:read': asUser,
      'repository:write': asUser,
      'repository:admin': asUser,
      git: asUser,
    },
    act: createActGuard(ceremonies),
  })

  healthRoutes(app, {
    isReady: () => database.read.selectFrom('instance').select('id').execute().then((rows) => rows.length === 1, () => false),
  })
  identityRoutes(app, { ceremonies, cookies, version, forgetGroupGrants: async () => {} })
  sealRoutes(app, { ceremonies })
  accessKeyRoutes(app, { ceremonies, listReachablePaths: async () => new Map() })
  auditRoutes(app, {
    db: database.read,
    async scopeOf(request) {
      if (!isAdmin(getPerson(request))) throw forbidden('Only administrators can read everything that happened.')
      return undefined
    },
  })
  await consoleRoutes(app, { folder: consoleFolder })

  return {
    ceremonies,
    isSetUp: instance.setUpAt !== null,
    async listen() {
      await app.listen({ port: config.port, host: config.listen })
    },
    async close() {
      await app.close()
      await database.close()
    },
  }
}
