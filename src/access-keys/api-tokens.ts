import { recordEvent } from '../audit/record.ts'
import type { Database, Db } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { ApiTokenTable } from '../database/schema.ts'
import { forbidden, notFound } from '../http/problem.ts'
import { hashSecret } from '../http/secret.ts'
import { accountOf } from '../identity/account-of.ts'
import type { Act } from '../identity/act.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { checkStillHere } from '../identity/ending/check-still-here.ts'
import { isOver } from '../identity/guests/is-over.ts'
import { type JudgeParts, judgeToken } from '../identity/judge-caller.ts'
import type { BearerSource, ShownSecret } from './bearer.ts'
import { endToken } from './end-token.ts'
import { endReused } from './rotation/end-reused.ts'
import { takeUpNext } from './rotation/take-up-next.ts'
import type { ApiTokenView, NewApiToken, TokenScope } from './shapes.ts'
import { isTokenSecret, newTokenSecret, type TokenSecret } from './token-secret.ts'

const dayMs = 24 * 3_600_000

/** Makes a token in the transaction that uses up the tap it takes. The secret is returned once and kept only as a hash. */
export async function createApiToken(
  database: Database,
  { caller, takeSeal, now }: Act,
  token: NewApiToken,
  /** Whose it is: the caller's own, or an agent's that they may make one for. */
  owner: Pick<Caller, 'id' | 'username'> = caller,
): Promise<{ row: ApiTokenTable; secret: TokenSecret }> {
  const at = now()
  const secret = newTokenSecret()
  const row: ApiTokenTable = {
    id: newId('tok'),
    userId: owner.id,
    madeBy: owner.id === caller.id ? null : caller.id,
    name: token.name,
    secretHash: hashSecret(secret),
    scopes: JSON.stringify(token.scopes),
    repositoryIds: token.repositoryIds === null ? null : JSON.stringify(token.repositoryIds),
    createdAt: at,
    expiresAt: at + token.expiresInDays * dayMs,
    lastUsedAt: null,
    endedAt: null,
    renewableUntil: token.renewsForDays === undefined ? null : at + token.renewsForDays * dayMs,
    renewedAt: null,
    nextSecretHash: null,
    nextMadeBy: null,
    secretUntil: null,
    warnedDays: null,
  }
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    // Never beyond the day on which its owner's access ends, also where that day is moved later.
    const { endsAt } = await tx.selectFrom('user').select('endsAt').where('id', '=', owner.id).executeTakeFirstOrThrow()
    row.expiresAt = Math.min(row.expiresAt, endsAt ?? Infinity)
    if (owner.id !== caller.id) await checkStillHere(tx, owner.id)
    await tx.insertInto('apiToken').values(row).execute()
    await recordEvent(tx, {
      action: 'token.created',
      actor: actorOf(caller, seal),
      target: { kind: 'token', id: row.id },
      facts: {
        token: row.name,
        owner: owner.username,
        scopes: token.scopes.join(' '),
        expiresAt: row.expiresAt,
        renewableUntil: row.renewableUntil ?? 0,
        seal: seal.id,
      },
      at,
    })
  })
  return { row, secret }
}

export function listApiTokens(db: Db<'apiToken'>, userId: Id<'usr'>): Promise<ApiTokenTable[]> {
  return db
    .selectFrom('apiToken')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .execute()
}

/** The person's own token of this id that has not ended. @throws 404 */
export async function getApiToken(db: Db<'apiToken'>, userId: Id<'usr'>, id: string): Promise<ApiTokenTable> {
  const row = (await listApiTokens(db, userId)).find((token) => token.id === id)
  if (row === undefined) throw notFound('This token')
  return row
}

export async function endApiToken(
  database: Database,
  { caller, takeSeal, now }: Act,
  id: string,
  /** Whose it is: the caller's own, or an agent's that they may end one of. */
  ownerId: Id<'usr'> = caller.id,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const fallen = await endToken(tx, { caller, ownerId, id: id as Id<'tok'>, at: now(), seal })
    if (fallen === undefined) throw notFound('This token')
  })
}

const minuteMs = 60_000

/** Whose token this is, if it still counts: not ended, not expired, its owner active. @throws 403 where a rule forbids it */
export async function findTokenCaller(
  parts: TokenParts,
  { secret, address, isAgain = false }: ShownSecret & { secret: TokenSecret },
  now: number,
): Promise<Caller | undefined> {
  const { database } = parts
  const secretHash = hashSecret(secret)
  const row =
    (await findByHash(database.read, ['secretHash'], secretHash, now)) ??
    // Both, since somebody else may just use the new one for the first time.
    (await findByHash(database.read, ['nextSecretHash', 'secretHash'], secretHash, now))
  if (row === undefined) {
    // What was under way when the next secret took its place was shown in its time.
    if (!isAgain) await endReused(database, secretHash, now)
    return undefined
  }
  const isNext = row.secretHash !== secretHash
  if (!isNext && row.secretUntil !== null && now >= row.secretUntil) return undefined
  const takeUp = isNext ? () => takeUpNext(database, { id: row.id, secretHash }, now) : undefined
  return callerOfToken(parts, row, { address, isAgain, takeUp }, now)
}

/** The same for what was made from a token and names it, while the secret that it was made with is the token's. */
export async function findTokenCallerById(
  parts: TokenParts,
  {
    id,
    isStill,
    address,
    isAgain,
  }: {
    id: Id<'tok'>
    isStill: (secretHash: string) => boolean
    address: string
    isAgain: boolean
  },
  now: number,
): Promise<Caller | undefined> {
  const row = await liveTokens(parts.database.read, now).where('apiToken.id', '=', id).executeTakeFirst()
  if (row === undefined || !isStill(row.secretHash)) return undefined
  if (row.secretUntil !== null && now >= row.secretUntil) return undefined
  return callerOfToken(parts, row, { address, isAgain, takeUp: undefined }, now)
}

type TokenParts = JudgeParts & { database: Pick<Database, 'read' | 'write'> }
type LiveToken = NonNullable<Awaited<ReturnType<typeof findByHash>>>

async function callerOfToken(
  parts: TokenParts,
  row: LiveToken,
  how: { address: string; isAgain: boolean; takeUp: (() => Promise<boolean>) | undefined },
  now: number,
): Promise<Caller | undefined> {
  const { database } = parts
  const { address, isAgain, takeUp } = how
  if ((now >= row.expiresAt && !isAgain) || isOver(row, now)) return undefined
  const known = {
    ...accountOf(row),
    // A bearer secret proves possession of itself and no more.
    strength: 'password' as const,
    authenticatedAt: row.createdAt,
    address,
  }
  const createdAt = row.renewedAt ?? row.createdAt
  const lifetime = isAgain ? null : { createdAt, expiresAt: row.expiresAt }
  await judgeToken(parts, { caller: known, address, lifetime }, now)
  if (takeUp !== undefined && !(await takeUp())) return undefined
  if (row.lastUsedAt === null || now - row.lastUsedAt >= minuteMs)
    await database.write((tx) => tx.updateTable('apiToken').set({ lastUsedAt: now }).where('id', '=', row.id).execute())
  return {
    ...known,
    shortfall: null,
    by: {
      kind: 'token',
      tokenId: row.id,
      name: row.name,
      scopes: JSON.parse(row.scopes) as string[],
      repositoryIds: row.repositoryIds === null ? null : (JSON.parse(row.repositoryIds) as string[]),
    },
  }
}

/** The token with this secret that has not ended, and its owner while they are active. */
const findByHash = (
  db: Db<'apiToken' | 'user'>,
  columns: readonly ('secretHash' | 'nextSecretHash')[],
  secretHash: string,
  now: number,
) =>
  liveTokens(db, now)
    .where((eb) => eb.or(columns.map((column) => eb(column, '=', secretHash))))
    .executeTakeFirst()

const liveTokens = (db: Db<'apiToken' | 'user'>, now: number) =>
  db
    .selectFrom('apiToken')
    .innerJoin('user', 'user.id', 'apiToken.userId')
    .select(['apiToken.id', 'apiToken.userId', 'apiToken.name', 'scopes', 'repositoryIds', 'lastUsedAt', 'expiresAt'])
    .select(['username', 'displayName', 'role', 'kind', 'isDemo', 'endsAt', 'apiToken.createdAt'])
    .select(['renewedAt', 'secretHash', 'secretUntil'])
    .where('apiToken.endedAt', 'is', null)
    .where('user.state', '=', 'active')
    // An agent's counts while whoever answers for it, and whoever has seen the secret, are of the organisation.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('user as behind')
            .select('behind.id')
            .where('behind.id', 'in', [eb.ref('user.ownerId'), eb.ref('madeBy'), eb.ref('nextMadeBy')])
            .where((behind) =>
              behind.or([
                behind('behind.state', '!=', 'active'),
                behind('behind.role', '=', 'guest'),
                behind('behind.endsAt', '<=', now),
              ]),
            ),
        ),
      ),
    )

export const createTokenSource = (parts: TokenParts): BearerSource => ({
  isMine: isTokenSecret,
  find: ({ secret, ...shown }, now) =>
    isTokenSecret(secret) ? findTokenCaller(parts, { secret, ...shown }, now) : Promise.resolve(undefined),
})

/** @throws where the caller came with a token that was not given this scope */
export function checkScope(caller: Caller, scope: TokenScope): void {
  if (caller.by.kind === 'session') return
  const { scopes } = caller.by
  const isPartOfWriting = scope === 'repository:read' || scope === 'status:write'
  if (scopes.includes(scope) || (isPartOfWriting && scopes.includes('repository:write'))) return
  throw forbidden(`This token was not given the scope ${scope}.`, 'Make a token with that scope under Account.')
}

/** Whether a token reaches this repository at all; sessions reach what their person does. */
export const tokenReaches = (caller: Caller, repositoryId: string): boolean =>
  caller.by.kind === 'session' || caller.by.repositoryIds === null || caller.by.repositoryIds.includes(repositoryId)

export function renderApiToken(row: ApiTokenTable, paths: Map<string, string>): ApiTokenView {
  const ids = row.repositoryIds === null ? null : (JSON.parse(row.repositoryIds) as string[])
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as TokenScope[],
    repositories: ids?.flatMap((id) => (paths.has(id) ? [{ id, path: paths.get(id) ?? '' }] : [])) ?? null,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
    renewedAt: row.renewedAt,
    formerUntil: row.nextSecretHash === null ? null : row.secretUntil,
    renewableUntil: row.renewableUntil,
  }
}
