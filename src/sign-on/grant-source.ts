import type { BearerSource } from '../access-keys/bearer.ts'
import type { Database } from '../database/handles.ts'
import { hashSecret } from '../http/secret.ts'
import { accountOf } from '../identity/account-of.ts'
import { isOver } from '../identity/guests/is-over.ts'
import { type JudgeParts, judgeToken } from '../identity/judge-caller.ts'
import { isOauthSecret } from './token-form.ts'

const minuteMs = 60_000

/** Access tokens of programs that somebody let in. What they may is read from the grant at each use, never from the token. */
export const createGrantSource = (
  parts: JudgeParts & { database: Pick<Database, 'read' | 'write'> },
): BearerSource => ({
  isMine: (secret) => isOauthSecret('oat', secret),

  async find({ secret, address, isAgain = false }, now) {
    const { database } = parts
    const row = await database.read
      .selectFrom('oauthState')
      .innerJoin('oauthGrant', 'oauthGrant.id', 'oauthState.grantId')
      .innerJoin('user', 'user.id', 'oauthGrant.userId')
      .select(['oauthGrant.id as grantId', 'oauthGrant.clientName', 'oauthGrant.scopes', 'oauthGrant.repositoryIds'])
      .select(['oauthGrant.createdAt', 'oauthGrant.expiresAt', 'oauthGrant.lastUsedAt'])
      .select(['oauthGrant.userId', 'kind', 'username', 'displayName', 'role', 'user.isDemo', 'user.endsAt'])
      .select(['oauthGrant.tappedAt', 'oauthState.payload'])
      .where('oauthState.model', '=', 'AccessToken')
      // What an application was told of a person lets it do nothing here.
      .where('oauthGrant.applicationId', 'is', null)
      .where('oauthState.idHash', '=', hashSecret(secret))
      .$if(!isAgain, (query) => query.where('oauthState.expiresAt', '>', now).where('oauthGrant.expiresAt', '>', now))
      .where('oauthGrant.endedAt', 'is', null)
      .where('user.state', '=', 'active')
      .executeTakeFirst()
    if (row === undefined || isOver(row, now)) return undefined
    const { grantId, createdAt, expiresAt } = row
    const known = {
      ...accountOf(row),
      // A bearer secret proves possession of itself and no more, however strong the tap was.
      strength: 'password' as const,
      authenticatedAt: row.tappedAt,
      address,
    }
    await judgeToken(parts, { caller: known, address, lifetime: isAgain ? null : { createdAt, expiresAt } }, now)
    if (row.lastUsedAt === null || now - row.lastUsedAt >= minuteMs)
      await database.write((tx) =>
        tx
          .updateTable('oauthGrant')
          .set({ lastUsedAt: now, lastUsedFrom: address })
          .where('id', '=', grantId)
          .execute(),
      )
    // A program may ask for less when it renews a token.
    const { scope = '' } = JSON.parse(row.payload) as { scope?: string }
    const narrowed = scope.split(' ')
    return {
      ...known,
      shortfall: null,
      by: {
        kind: 'grant',
        grantId,
        name: row.clientName,
        scopes: (JSON.parse(row.scopes) as string[]).filter((each) => narrowed.includes(each)),
        repositoryIds: row.repositoryIds === null ? null : (JSON.parse(row.repositoryIds) as string[]),
      },
    }
  },
})
