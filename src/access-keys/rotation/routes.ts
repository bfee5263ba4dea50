import { type Static, Type } from 'typebox'
import type { Id } from '../../database/id.ts'
import type { ApiTokenTable } from '../../database/schema.ts'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { forbidden } from '../../http/problem.ts'
import { type Act, actOf } from '../../identity/act.ts'
import { getActor } from '../../identity/actor.ts'
import { getAgent } from '../../identity/agents.ts'
import { actorOf, getCaller } from '../../identity/caller.ts'
import type { Ceremonies } from '../../identity/registration.ts'
import { getApiToken, renderApiToken } from '../api-tokens.ts'
import { ApiTokenMade, TokenRotation, type TokenScope } from '../shapes.ts'
import { countedDays, scopesInWords } from '../token-rows.ts'
import { renewSecret } from './renew-secret.ts'
import { renewedUntil } from './renewed-until.ts'

const ById = Type.Object({ id: Type.String() })
const ByAgentToken = Type.Object({ username: Type.String(), id: Type.String() })

const dayMs = 24 * 3_600_000
/** A program that renews itself has the new secret at once; if it was lost, it has a day to ask again. */
const ownOverlapMs = dayMs
/** However often it asks: each time leaves something behind that is kept. */
const ownPauseMs = 10 * 60_000

/**
 * A new secret for a token that is there: by its person's tap, or by the token itself where a tap allowed that when it was
 * made. Whose it is, what it may and where never change.
 */
export function rotationRoutes(
  app: App,
  {
    ceremonies: { database, policy, now },
    listReachablePaths,
  }: {
    ceremonies: Ceremonies
    listReachablePaths: (userId: Id<'usr'>, repositoryIds: readonly string[]) => Promise<Map<string, string>>
  },
): void {
  const actOfToken = (
    find: (request: Parameters<SensitiveAct['describe']>[0]) => Promise<{ row: ApiTokenTable; of: string }>,
  ): SensitiveAct => ({
    name: 'token.create',
    async describe(request) {
      const { row, of } = await find(request)
      const scopes = JSON.parse(row.scopes) as TokenScope[]
      const { expiresInDays, overlapDays } = request.body as TokenRotation
      if (getActor(request).by.kind !== 'session' && scopes.includes('act'))
        throw forbidden('A token cannot renew one that asks for taps.', 'Do it in the browser, under Account.')
      return {
        title: `Give the API token “${row.name}”${of} a new secret`,
        rows: [
          { label: 'May, as before', value: scopesInWords(scopes), kind: 'text' },
          { label: 'Expires in', value: countedDays(expiresInDays), kind: 'text' },
          {
            label: 'The former secret ends',
            value:
              overlapDays === 0
                ? 'at once'
                : `as soon as the new one is used, and in ${countedDays(overlapDays)} at the latest`,
            kind: 'text',
          },
        ],
      }
    },
  })
  const own = actOfToken(async (request) => {
    const { id } = request.params as Static<typeof ById>
    return { row: await getApiToken(database.read, getActor(request).id, id), of: '' }
  })
  const ofAgent = actOfToken(async (request) => {
    const { username, id } = request.params as Static<typeof ByAgentToken>
    const agent = await getAgent(database.read, getActor(request), username)
    return { row: await getApiToken(database.read, agent.id, id), of: ` of the agent ${username}` }
  })

  async function renew(
    { caller, takeSeal }: Act,
    ownerId: Id<'usr'>,
    id: string,
    { expiresInDays, overlapDays }: TokenRotation,
  ): Promise<ApiTokenMade> {
    const { id: tokenId } = await getApiToken(database.read, ownerId, id)
    const made = await database.write(async (tx) => {
      const at = now()
      const seal = await takeSeal(tx)
      return renewSecret(tx, tokenId, {
        expiresAt: at + expiresInDays * dayMs,
        overlapMs: overlapDays * dayMs,
        madeBy: ownerId === caller.id ? null : caller.id,
        actor: actorOf(caller, seal),
        at,
        facts: { seal: seal.id },
      })
    })
    return show(made)
  }

  async function show({ row, secret }: Awaited<ReturnType<typeof renewSecret>>): Promise<ApiTokenMade> {
    const ids = row.repositoryIds === null ? [] : (JSON.parse(row.repositoryIds) as string[])
    return { token: renderApiToken(row, await listReachablePaths(row.userId, ids)), secret }
  }

  app.post('/api/v1/me/tokens/:id/rotate', {
    config: { access: 'person', act: own },
    schema: { params: ById, body: TokenRotation, response: { 200: ApiTokenMade } },
    handler: (request) => renew(actOf(request, now), getActor(request).id, request.params.id, request.body),
  })

  app.post('/api/v1/agents/:username/tokens/:id/rotate', {
    config: { access: 'person', act: ofAgent },
    schema: { params: ByAgentToken, body: TokenRotation, response: { 200: ApiTokenMade } },
    async handler(request) {
      const agent = await getAgent(database.read, getActor(request), request.params.username)
      return renew(actOf(request, now), agent.id, request.params.id, request.body)
    },
  })

  app.post('/api/v1/tokens/rotate', {
    config: { access: 'user' },
    schema: { response: { 200: ApiTokenMade } },
    async handler(request) {
      const caller = getCaller(request)
      if (caller.by.kind !== 'token' || caller.by.isBrief === true)
        throw forbidden('This is for a token that renews itself.', 'Renew tokens of yours under Account.')
      const { tokenId } = caller.by
      const at = now()
      const row = await getApiToken(database.read, caller.id, tokenId)
      const expiresAt = await renewedUntil({ database, policy }, { caller, row }, at)
      const made = await database.write((tx) =>
        renewSecret(tx, tokenId, {
          expiresAt,
          overlapMs: ownOverlapMs,
          pauseMs: ownPauseMs,
          // It is shown to nobody who had not the former.
          madeBy: null,
          actor: actorOf(caller),
          at,
        }),
      )
      return show(made)
    },
  })
}
