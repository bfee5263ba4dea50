import { Type } from 'typebox'
import type { Database } from '../database/handles.ts'
import type { App } from '../http/app.ts'
import { actOf } from '../identity/act.ts'
import { actorOf, getPerson } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { applicationActs, refuseKeptElsewhere } from './application-acts.ts'
import type { ApplicationKinds, CopyValue } from './application-kind.ts'
import { changeApplication, createApplication, type Decided, endApplication, recordChange } from './changing.ts'
import { recipes } from './recipes/recipes.ts'
import { RecipeList } from './recipes/recipe.ts'
import {
  ApplicationChanges,
  ApplicationMade,
  ApplicationSummary,
  ApplicationView,
  NewApplication,
  ApplicationSlug,
  SignInTest,
  SignInTestWanted,
} from './shapes.ts'
import { testSignIn } from './test-sign-in.ts'
import { getApplication, holdApplication, kindOf, listSummaries, viewApplication } from './views.ts'

const root = '/api/v1/applications'
const BySlug = Type.Object({ slug: ApplicationSlug })

/** Setting applications up, changing and ending them: administrators, each change with a tap bound to it. */
export function applicationRoutes(
  app: App,
  {
    database,
    policy,
    kinds,
    now,
  }: { database: Database; policy: PolicyInForce; kinds: ApplicationKinds; now: () => number },
): void {
  const acts = applicationActs(database, kinds)
  const view = (slug: string) => viewApplication(database.read, kinds, slug)

  /** In the transaction of the tap. */
  const withTap = (
    request: Parameters<typeof actOf>[0],
    work: (tx: Parameters<Parameters<Database['write']>[0]>[0], decided: Decided) => Promise<readonly CopyValue[]>,
  ): Promise<CopyValue[]> => {
    const { caller, takeSeal } = actOf(request, now)
    return database.write(async (tx) => {
      const seal = await takeSeal(tx)
      return [...(await work(tx, { actor: actorOf(caller, seal), seal: seal.id, at: now() }))]
    })
  }

  app.get(root, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Type.Object({ items: Type.Array(ApplicationSummary) }) } },
    handler: async () => ({ items: await listSummaries(database.read, kinds) }),
  })

  app.get(`${root}/recipes`, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: RecipeList } },
    async handler() {
      const known = await Promise.all(
        (['openid', 'saml', 'route'] as const)
          .flatMap((name) => kinds[name] ?? [])
          .map(async ({ kind, title, values }) => ({
            kind,
            title,
            values: [...(await values(database.read, null))],
          })),
      )
      return { items: [...recipes], kinds: known }
    },
  })

  app.post(root, {
    config: { access: 'organisation:admin', act: acts.add },
    schema: { body: NewApplication, response: { 201: ApplicationMade } },
    async handler(request, reply) {
      const wanted = request.body
      const kind = kindOf(kinds, wanted.kind)
      const shownOnce = await withTap(request, async (tx, decided) => {
        const made = await createApplication(tx, kind, wanted, decided)
        return made.shownOnce
      })
      return reply.code(201).send({ application: await view(wanted.slug), shownOnce })
    },
  })

  app.get(`${root}/:slug`, {
    config: { access: 'organisation:admin' },
    schema: { params: BySlug, response: { 200: ApplicationView } },
    handler: (request) => view(request.params.slug),
  })

  app.patch(`${root}/:slug`, {
    config: { access: 'organisation:admin', act: acts.change },
    schema: { params: BySlug, body: ApplicationChanges, response: { 200: ApplicationView } },
    async handler(request) {
      const { slug } = request.params
      await withTap(request, async (tx, decided) => {
        const application = await holdApplication(tx, slug)
        const kind = kindOf(kinds, application.kind)
        await refuseKeptElsewhere(tx, kind, application)
        await changeApplication(tx, kind, application, request.body, decided)
        return []
      })
      return view(slug)
    },
  })

  app.post(`${root}/:slug/secret`, {
    config: { access: 'organisation:admin', act: acts.rotate },
    schema: { params: BySlug, response: { 200: ApplicationMade } },
    async handler(request) {
      const { slug } = request.params
      const shownOnce = await withTap(request, async (tx, decided) => {
        const application = await holdApplication(tx, slug)
        const kind = kindOf(kinds, application.kind)
        await refuseKeptElsewhere(tx, kind, application)
        const made = (await kind.rotateSecret?.(tx, application, decided.at)) ?? []
        await recordChange(tx, 'application.secret-rotated', application, decided, {})
        return made
      })
      return { application: await view(slug), shownOnce }
    },
  })

  app.delete(`${root}/:slug`, {
    config: { access: 'organisation:admin', act: acts.end },
    schema: { params: BySlug, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await withTap(request, async (tx, decided) => {
        const application = await holdApplication(tx, request.params.slug)
        const kind = kindOf(kinds, application.kind)
        await refuseKeptElsewhere(tx, kind, application)
        await endApplication(tx, kind, application, decided)
        return []
      })
      return reply.code(204).send(null)
    },
  })

  app.post(`${root}/:slug/test`, {
    config: { access: 'organisation:admin' },
    schema: { params: BySlug, body: SignInTestWanted, response: { 200: SignInTest } },
    async handler(request) {
      const application = await getApplication(database.read, request.params.slug)
      return testSignIn(
        { database, policy },
        {
          application,
          kind: kindOf(kinds, application.kind),
          caller: getPerson(request),
          username: request.body.username,
          at: now(),
        },
      )
    },
  })
}
