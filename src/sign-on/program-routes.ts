import { type Static, Type } from 'typebox'
import type { Bus } from '../bus/bus.ts'
import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OauthGrantTable } from '../database/schema.ts'
import type { SensitiveAct } from '../http/access.ts'
import type { App } from '../http/app.ts'
import { notFound } from '../http/problem.ts'
import { actOf } from '../identity/act.ts'
import { getActor } from '../identity/actor.ts'
import { getPerson } from '../identity/caller.ts'
import { endGrant, findGrant, listGrants } from './grants.ts'
import { parseScopes, scopeWords } from './scopes.ts'
import { ProgramView } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })

/** Which programs somebody has let in, and how they stop one. */
export function programRoutes(
  app: App,
  parts: {
    database: Database
    bus: Pick<Bus, 'publish'>
    now: () => number
    listReachablePaths: (userId: Id<'usr'>, repositoryIds: readonly string[]) => Promise<Map<string, string>>
  },
): void {
  const { database, bus, now, listReachablePaths } = parts

  const end: SensitiveAct = {
    name: 'oauth.end',
    async describe(request) {
      const { id } = request.params as Static<typeof ById>
      const grant = await getOwn(database.read, { id, userId: getActor(request).id, at: now() })
      const may =
        grant.applicationId === null
          ? parseScopes(scopeText(grant))
              .map((scope) => scopeWords[scope])
              .join(', ')
          : 'know who you are'
      return {
        title: `Stop ${grant.clientName}`,
        rows: [
          { label: 'Program', value: grant.clientName, kind: 'text' },
          { label: 'May until now', value: may, kind: 'text' },
        ],
      }
    },
  }

  app.get('/api/v1/me/programs', {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ items: Type.Array(ProgramView) }) } },
    async handler(request) {
      const { id } = getPerson(request)
      const grants = await listGrants(database.read, id, now())
      const paths = await listReachablePaths(
        id,
        grants.flatMap(({ repositoryIds }) => repositoriesOf(repositoryIds) ?? []),
      )
      return { items: grants.map((grant) => render(grant, paths)) }
    },
  })

  app.delete('/api/v1/me/programs/:id', {
    config: { access: 'person', act: end },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { caller, takeSeal } = actOf(request, now)
      const id = request.params.id as Id<'gra'>
      await database.write(async (tx) => {
        const seal = await takeSeal(tx)
        const ended = await endGrant(tx, { bus, id, at: now() }, { as: 'person', caller, seal })
        if (ended === undefined) throw notFound('This program')
      })
      return reply.code(204).send(null)
    },
  })
}

/** @throws 404 where it is not theirs, or has ended */
async function getOwn(
  db: Db<'oauthGrant'>,
  { id, userId, at }: { id: string; userId: Id<'usr'>; at: number },
): Promise<OauthGrantTable> {
  const grant = await findGrant(db, id as Id<'gra'>, at)
  if (grant?.userId !== userId) throw notFound('This program')
  return grant
}

const scopeText = ({ scopes }: OauthGrantTable): string => (JSON.parse(scopes) as string[]).join(' ')
const repositoriesOf = (json: string | null): string[] | null => (json === null ? null : (JSON.parse(json) as string[]))

const render = (grant: OauthGrantTable, paths: ReadonlyMap<string, string>): ProgramView => ({
  id: grant.id,
  program: grant.clientName,
  isApplication: grant.applicationId !== null,
  scopes: parseScopes(scopeText(grant)),
  repositories:
    repositoriesOf(grant.repositoryIds)?.flatMap((id) => (paths.has(id) ? [{ id, path: paths.get(id) ?? '' }] : [])) ??
    null,
  via: grant.via,
  askedFrom: grant.askedFrom,
  strength: grant.tapStrength,
  createdAt: grant.createdAt,
  expiresAt: grant.expiresAt,
  lastUsedAt: grant.lastUsedAt,
  lastUsedFrom: grant.lastUsedFrom,
})
