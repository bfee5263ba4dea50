import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Bus } from '../bus/bus.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OauthGrantTable, TableName } from '../database/schema.ts'
import { hashSecret } from '../http/secret.ts'
import { asking } from './asking.ts'
import { findClient, renderClient } from './clients.ts'
import { endGrant, findGrant } from './grants.ts'
import { isHasty } from './hasty-renewal.ts'
import { challengeFor } from './odd-verifier.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { OpenQuestions } from './open-questions.ts'
import { endRefused } from './openid/end-refused.ts'
import type { ClientCache } from './openid/client-cache.ts'
import { claimsOf } from './openid/claims.ts'
import { renderOpenidClient } from './openid/render-client.ts'
import { findLiveSignOn } from './openid/sign-on-grants.ts'

interface StoreParts {
  database: Database
  bus: Pick<Bus, 'publish'>
  /** What oidc-provider answers 400 `invalid_grant` for. */
  InvalidGrant: new (description: string) => Error
  /** What it answers where there are too many questions. */
  tooManyQuestions: () => Error
  questions: OpenQuestions
  clients: ClientCache
  policy: PolicyInForce
  now: () => number
}

/** Where oidc-provider keeps what it must remember, by the name of its model. */
export function createStateStore(parts: StoreParts): (model: string) => Adapter {
  const stored = (model: string): Adapter => ({ ...nothing, ...storeOf(parts, model) })
  return (model) => {
    if (model === 'Grant') return { ...nothing, ...grantsOf(parts) }
    if (model === 'Client')
      return {
        ...nothing,
        find: async (id) => {
          const program = findClient(id)
          if (program !== undefined) return renderClient(program)
          const application = await parts.clients.find(id)
          return application && renderOpenidClient(application)
        },
      }
    // Who is signed in is known by our own session alone, and asked at each tap.
    return model === 'Session' ? nothing : stored(model)
  }
}

const nothing: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
}

function storeOf(parts: StoreParts, model: string): Partial<Adapter> {
  const { database, bus, InvalidGrant, questions, now } = parts
  const isQuestion = model === 'Interaction' || model === 'DeviceCode'
  const isRefresh = model === 'RefreshToken'
  const justRenewed = () => new InvalidGrant('it was renewed a moment ago; read what was kept then')
  return {
    async upsert(id, payload, expiresIn) {
      const { address = '', userAgent = '', browserHash = null } = asking.getStore() ?? {}
      if (isQuestion && !questions.open(hashSecret(id), address)) throw parts.tooManyQuestions()
      const { userCode, ...rest } = payload
      const row = {
        payload: JSON.stringify({ ...rest, jti: undefined, ...(isQuestion ? { userAgent } : {}) }),
        grantId: (payload.grantId ?? null) as Id<'gra'> | null,
        expiresAt: now() + (expiresIn ?? 0) * 1000,
      }
      const kept = asking.getStore()
      const first = model === 'AccessToken' ? kept?.usingUp : undefined
      if (kept !== undefined && first !== undefined) kept.usingUp = undefined
      let isLate = false
      await database.write(async (tx) => {
        // The code that it is given for: one commit, and neither without the other.
        isLate = first !== undefined && (await first(tx))
        if (isLate) return
        await tx
          .insertInto('oauthState')
          .values({
            ...row,
            model,
            idHash: hashSecret(id),
            userCodeHash: userCode === undefined ? null : hashSecret(userCode),
            browserHash: model === 'Interaction' ? browserHash : null,
            askedFrom: address,
            createdAt: now(),
            consumedAt: null,
          })
          .onConflict((conflict) => conflict.columns(['model', 'idHash']).doUpdateSet(row))
          .execute()
      })
      if (isLate) throw new InvalidGrant('it is being used already')
    },

    async find(id) {
      const row = await database.read
        .selectFrom('oauthState')
        .select(['payload', 'consumedAt', 'askedFrom'])
        .where('model', '=', model)
        .where('idHash', '=', hashSecret(id))
        .where('expiresAt', '>', now())
        .executeTakeFirst()
      if (row === undefined) return undefined
      if (isRefresh && isHasty(row, now())) throw justRenewed()
      const payload = JSON.parse(row.payload) as AdapterPayload
      if (payload.codeChallenge !== undefined)
        payload.codeChallenge = challengeFor(asking.getStore()?.verifier, payload.codeChallenge)
      return { ...payload, jti: id, ...(row.consumedAt === null ? {} : { consumed: row.consumedAt / 1000 }) }
    },

    async consume(id) {
      questions.close(hashSecret(id))
      const at = now()
      const use = async (tx: Tx<TableName>): Promise<boolean> => {
        const mine = tx.updateTable('oauthState').where('model', '=', model).where('idHash', '=', hashSecret(id))
        const first = await mine
          .set({ consumedAt: at, askedFrom: asking.getStore()?.address ?? '' })
          .where('consumedAt', 'is', null)
          .returning('model')
          .executeTakeFirst()
        if (first !== undefined) return false
        // RFC 9700 §4.14.2: of two who show it at once, one has stolen it, and it is not known which.
        const row = await tx
          .selectFrom('oauthState')
          .select(['grantId', 'consumedAt', 'askedFrom'])
          .where('model', '=', model)
          .where('idHash', '=', hashSecret(id))
          .executeTakeFirst()
        if (isRefresh && row !== undefined && isHasty(row, at)) throw justRenewed()
        if (row?.grantId) await endGrant(tx, { bus, id: row.grantId, at }, { as: 'reused' })
        return true
      }
      const kept = asking.getStore()
      if (model === 'AuthorizationCode' && kept !== undefined) {
        kept.usingUp = use
        return
      }
      if (await database.write(use)) throw new InvalidGrant('it is being used already')
    },

    async destroy(id) {
      questions.close(hashSecret(id))
      await database.write((tx) =>
        tx.deleteFrom('oauthState').where('model', '=', model).where('idHash', '=', hashSecret(id)).execute(),
      )
    },
  }
}

/** Its grants are ours: what has ended, there is nothing to renew of. */
function grantsOf(parts: StoreParts): Partial<Adapter> {
  const { database, bus, clients, now } = parts
  return {
    find: async (id) => {
      const at = now()
      const grant = await findGrant(database.read, id as Id<'gra'>, at)
      if (grant === undefined || grant.applicationId === null) return grant && renderGrant(grant)
      const client = await clients.find(grant.applicationId)
      if (client === undefined) return undefined
      const live = await findLiveSignOn(parts, { id: grant.id, client, at })
      if (live === 'refused') await endRefused(parts, { id: grant.id, at })
      return typeof live === 'string' ? undefined : renderGrant(live)
    },
    async destroy(id) {
      const { endsAs = 'reused' } = asking.getStore() ?? {}
      const at = now()
      await database.write((tx) => endGrant(tx, { bus, id: id as Id<'gra'>, at }, { as: endsAs }))
    },
  }
}

const renderGrant = (grant: OauthGrantTable): AdapterPayload => ({
  jti: grant.id,
  kind: 'Grant',
  accountId: grant.userId,
  clientId: grant.clientId,
  openid: {
    scope: [...new Set(['openid', 'offline_access', ...(JSON.parse(grant.scopes) as string[])])].join(' '),
    ...(grant.applicationId === null ? {} : { claims: claimsOf(JSON.parse(grant.scopes) as string[]) }),
  },
  iat: Math.floor(grant.createdAt / 1000),
  exp: Math.floor(grant.expiresAt / 1000),
})
