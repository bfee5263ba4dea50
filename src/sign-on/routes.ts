import { type Static, Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import type { BriefTokens } from '../access-keys/brief-tokens.ts'
import { noteRefusals } from '../applications/note-refusals.ts'
import type { Bus } from '../bus/bus.ts'
import type { Id } from '../database/id.ts'
import type { ActDescription, SensitiveAct } from '../http/access.ts'
import type { App } from '../http/app.ts'
import type { CookieNames } from '../http/cookies.ts'
import { invalid } from '../http/problem.ts'
import { newSecret } from '../http/secret.ts'
import { actOf } from '../identity/act.ts'
import { getActor } from '../identity/actor.ts'
import { getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { letIn, refuse } from './answer-asked.ts'
import { describeAsked, viewAsked } from './asked-words.ts'
import type { Asked } from './asked.ts'
import { createCurrentProvider } from './current-provider.ts'
import { createAskedFinder } from './find-asked.ts'
import { gitConfigRoute } from './git-config.ts'
import { grantLifetimeDays } from './grant-lifetime.ts'
import { keyRoutes } from './key-routes.ts'
import { oauthRoutes } from './oauth-routes.ts'
import { createAskedMarks } from './openid/asked-mark.ts'
import type { ClientCache } from './openid/client-cache.ts'
import { isDeviceSignOn, judgeDeviceSignOn, signDeviceOn } from './openid/device-sign-on.ts'
import { endSignOn } from './openid/end-session.ts'
import { createSignOnQuestions } from './openid/sign-on-questions.ts'
import { programRoutes } from './program-routes.ts'
import { mountPath } from './provider-settings.ts'
import { signOnStandingRoutes } from './sign-on-routes.ts'
import type { EndableKeys, SignOnKeys } from './signing-keys.ts'
import { AskedView, LetDeviceIn, LetIn, Onward, TypedCode } from './shapes.ts'

const ByUid = Type.Object({ uid: Type.String({ maxLength: 100 }) })

export interface SignOnParts {
  ceremonies: Ceremonies
  bus: Pick<Bus, 'publish' | 'on'>
  secrets: Pick<Secrets, 'getOrCreate'>
  cookies: CookieNames
  briefTokens: BriefTokens
  clients: ClientCache
  keys: () => Promise<SignOnKeys>
  /** What else signs for applications: all of it ends together. */
  endable: readonly EndableKeys[]
  /** `project/name` of those of the given repositories that the person can reach. */
  listReachablePaths: (userId: Id<'usr'>, repositoryIds: readonly string[]) => Promise<Map<string, string>>
  onError: (error: unknown) => void
}

/**
 * `sign-on/` owns the OAuth server: which programs people let in, to do what, which applications they are signed on to,
 * and the codes and tokens of each. It never decides how somebody signs in, nor what a caller may do.
 */
export async function signOnRoutes(app: App, parts: SignOnParts): Promise<void> {
  const { ceremonies, bus, secrets, cookies, briefTokens, clients, keys, endable, listReachablePaths, onError } = parts
  const { database, now, policy } = ceremonies
  const { origin } = ceremonies.place
  const marks = createAskedMarks(await secrets.getOrCreate('sign-on marks', newSecret))
  const noteRefusal = noteRefusals({ database, now })
  const questions = createSignOnQuestions({ database, policy, clients, marks, cookies, noteRefusal, origin, now })
  const provider = createCurrentProvider({ database, bus, secrets, clients, policy, keys, origin, now, onError })
  // Made when somebody first asks: an instance that signs nobody on has no need of it in memory.
  const issuer = `${origin}${mountPath}`
  oauthRoutes(app, {
    provider,
    origin,
    cookies,
    briefTokens,
    questions,
    now,
    endSignOn: (parameters) => endSignOn({ database, bus, clients, keys, issuer, now }, parameters),
  })
  signOnStandingRoutes(app, { database, policy, questions, origin, now })
  keyRoutes(app, { database, bus, keys, endable, now })
  gitConfigRoute(app, { origin })
  programRoutes(app, { database, bus, now, listReachablePaths })
  const find = createAskedFinder({ database, clients, cookies, now })
  const lifetime = (request: FastifyRequest) => grantLifetimeDays({ database, policy, now }, getActor(request))

  async function describe(
    request: FastifyRequest,
    asked: Asked,
    repositoryIds: readonly string[] | null,
  ): Promise<ActDescription> {
    const paths = await listReachablePaths(getActor(request).id, repositoryIds ?? [])
    if (repositoryIds?.some((id) => !paths.has(id)) === true)
      throw invalid(
        'repositoryIds',
        'One of these repositories does not exist, or you may not see it: choose among those that you see.',
      )
    const lifetimeDays = await lifetime(request)
    const repositories = repositoryIds === null ? null : [...paths.values()]
    return describeAsked(asked, { repositories, lifetimeDays, address: request.ip })
  }

  const letBrowserIn: SensitiveAct = {
    name: 'oauth.authorise',
    async describe(request) {
      const asked = await find.inBrowser(request, (request.params as Static<typeof ByUid>).uid)
      return describe(request, asked, (request.body as LetIn).repositoryIds)
    },
  }

  const letDeviceIn: SensitiveAct = {
    name: 'oauth.authorise',
    async describe(request) {
      const { userCode, repositoryIds } = request.body as LetDeviceIn
      const asked = await find.byCode(request, userCode)
      if (isDeviceSignOn(asked))
        await judgeDeviceSignOn({ database, policy, noteRefusal }, { asked, caller: getActor(request), now: now() })
      return describe(request, asked, repositoryIds)
    },
  }

  app.get('/api/v1/authorisations/:uid', {
    config: { access: 'person' },
    schema: { params: ByUid, response: { 200: AskedView } },
    async handler(request) {
      const asked = await find.inBrowser(request, request.params.uid)
      return viewAsked(asked, { lifetimeDays: await lifetime(request), address: request.ip })
    },
  })

  app.post('/api/v1/authorisations/:uid', {
    config: { access: 'person', act: letBrowserIn },
    schema: { params: ByUid, body: LetIn, response: { 200: Onward } },
    async handler(request) {
      const { uid } = request.params
      const asked = await find.inBrowser(request, uid)
      const { repositoryIds } = request.body
      await letIn(database, actOf(request, now), { asked, repositoryIds, lifetimeDays: await lifetime(request) })
      return { returnTo: `${mountPath}/auth/${uid}` }
    },
  })

  app.post('/api/v1/authorisations/:uid/refusal', {
    config: { access: 'person' },
    schema: { params: ByUid, response: { 200: Onward } },
    async handler(request) {
      const { uid } = request.params
      const asked = await find.inBrowser(request, uid)
      await refuse(database, { caller: getPerson(request), asked, now })
      return { returnTo: `${mountPath}/auth/${uid}` }
    },
  })

  app.post('/api/v1/device-authorisations/find', {
    config: { access: 'person' },
    schema: { body: TypedCode, response: { 200: AskedView } },
    async handler(request) {
      const asked = await find.byCode(request, request.body.userCode)
      // Said before anybody reads on and taps in vain.
      if (isDeviceSignOn(asked))
        await judgeDeviceSignOn({ database, policy, noteRefusal }, { asked, caller: getPerson(request), now: now() })
      return viewAsked(asked, { lifetimeDays: await lifetime(request), address: request.ip })
    },
  })

  app.post('/api/v1/device-authorisations', {
    config: { access: 'person', act: letDeviceIn },
    schema: { body: LetDeviceIn, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { userCode, repositoryIds } = request.body
      const asked = await find.byCode(request, userCode)
      if (isDeviceSignOn(asked)) {
        await signDeviceOn({ database, policy, noteRefusal }, actOf(request, now), asked)
        return reply.code(204).send(null)
      }
      await letIn(database, actOf(request, now), { asked, repositoryIds, lifetimeDays: await lifetime(request) })
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/device-authorisations/refusal', {
    config: { access: 'person' },
    schema: { body: TypedCode, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const asked = await find.byCode(request, request.body.userCode)
      await refuse(database, { caller: getPerson(request), asked, now })
      return reply.code(204).send(null)
    },
  })
}
