import type { findTokenCaller } from '../../access-keys/api-tokens.ts'
import { isTokenSecret } from '../../access-keys/token-secret.ts'
import { endMachineTokens, issueToken } from '../../access-keys/issue-token.ts'
import type { TokenScope } from '../../access-keys/shapes.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName, WorkloadRunTable, WorkloadTrustTable } from '../../database/schema.ts'
import { inOneLine, ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { findPath } from '../../repositories/stewards.ts'
import { scopesOf } from './access-words.ts'
import type { TrustParts } from './trust-parts.ts'
import { ExchangeRefused } from './exchange-refused.ts'
import type { Traded } from './trade.ts'
import { isStanding } from './trusts.ts'

export interface RenewParts {
  database: Database
  cut: TrustParts['cut']
  /** Whose token of ours this is, judged as at every other door. */
  findCaller: (secret: Parameters<typeof findTokenCaller>[1]) => Promise<Caller | undefined>
  now: () => number
}

const minuteMs = 60_000

/**
 * A run goes on: its newest token is traded for the next, which may do no more, until the run’s hours are over. The
 * former one lives to its own end, so that what runs beside it is not cut. Renewed a second time, one of the two is not
 * the job’s: then the whole run ends (RFC 9700 §4.14.2). @throws ExchangeRefused
 */
export async function renewToken(
  parts: RenewParts,
  asked: {
    subjectToken: string
    address: string
    /** The id of the repository that was named; null where none was. */
    target: string | null
    scopes: readonly TokenScope[] | null
  },
): Promise<Traded> {
  const { database, now } = parts
  const caller = await findCaller(parts, asked)
  const tokenId = caller.by.kind === 'token' ? caller.by.tokenId : undefined
  const scopes = asked.scopes ?? (caller.by.kind === 'session' ? [] : (caller.by.scopes as TokenScope[]))
  if (caller.by.kind === 'session' || tokenId === undefined || !includesAll(caller.by.scopes, scopes))
    throw new ExchangeRefused('invalid_scope', 'A token is renewed for what it may do, or less.')
  const traded = await database.write(async (tx) => {
    const at = now()
    const found = await findRun(tx, tokenId, at)
    if (found === undefined)
      throw new ExchangeRefused('invalid_request', 'This token was not made for a pipeline. Show the one that was.')
    const { run, trust } = found
    await checkStillGood(tx, tokenId, at)
    if (asked.target !== null && asked.target !== trust.repositoryId)
      throw new ExchangeRefused('invalid_target', 'This token is for another repository. Trade one for this.')
    if (at >= run.endsAt) throw new ExchangeRefused('invalid_request', hoursOver(trust))
    if (!includesAll(scopesOf[trust.access], scopes))
      throw new ExchangeRefused(
        'invalid_scope',
        'This pipeline may no longer do all of this. Ask for less, or an administrator of the repository.',
      )
    const expiresAt = Math.min(run.endsAt, at + trust.lifetimeMinutes * minuteMs)
    const { userId, name, repositoryId } = trust
    const { id, secret } = await issueToken(tx, { userId, name, scopes, repositoryId, at, expiresAt })
    const { numUpdatedRows } = await tx
      .updateTable('workloadRun')
      .set({ tokenId: id })
      .where('trustId', '=', run.trustId)
      .where('proof', '=', run.proof)
      .where('tokenId', '=', tokenId)
      .executeTakeFirst()
    await tx.insertInto('workloadToken').values({ tokenId: id, trustId: run.trustId, proof: run.proof }).execute()
    if (Number(numUpdatedRows) !== 1) {
      await endRun(tx, { cut: parts.cut, run, trust, at })
      return undefined
    }
    await recordEvent(tx, {
      action: 'workload.renewed',
      actor: { id: userId, method: 'token', strength: 'password' },
      target: { kind: 'workload', id: trust.id },
      repositoryId,
      facts: { ...(await factsOf(tx, run, trust)), token: id, former: tokenId, scopes: scopes.join(' '), expiresAt },
      at,
    })
    return { secret, expiresInSeconds: Math.floor((expiresAt - at) / 1000), scopes }
  })
  if (traded === undefined)
    throw new ExchangeRefused(
      'invalid_request',
      'This token was renewed before, so two have it: its whole run has ended. Run the pipeline again.',
    )
  return traded
}

async function findCaller(
  { findCaller: find }: RenewParts,
  { subjectToken, address }: { subjectToken: string; address: string },
): Promise<Caller> {
  try {
    const caller = isTokenSecret(subjectToken) ? await find({ secret: subjectToken, address }) : undefined
    if (caller !== undefined) return caller
  } catch (error) {
    if (error instanceof ProblemError) throw new ExchangeRefused('access_denied', inOneLine(error), { cause: error })
    throw error
  }
  throw notGood()
}

/** Looked at again now that nobody can change or end its trust: what ended with the former terms makes nothing new. */
async function checkStillGood(tx: Tx<'apiToken'>, tokenId: Id<'tok'>, at: number): Promise<void> {
  const good = await tx
    .selectFrom('apiToken')
    .select('id')
    .where('id', '=', tokenId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .executeTakeFirst()
  if (good === undefined) throw notGood()
}

const notGood = (): ExchangeRefused =>
  new ExchangeRefused('invalid_request', 'This token is not known, has expired, or was ended. Run the pipeline again.')

/** The run that a token was made in, of a trust that has not ended; nobody ends it before this transaction is over. */
async function findRun(
  tx: Tx<TableName>,
  tokenId: Id<'tok'>,
  at: number,
): Promise<{ run: WorkloadRunTable; trust: WorkloadTrustTable } | undefined> {
  const run = await tx
    .selectFrom('workloadToken')
    .innerJoin('workloadRun', (join) =>
      join
        .onRef('workloadRun.trustId', '=', 'workloadToken.trustId')
        .onRef('workloadRun.proof', '=', 'workloadToken.proof'),
    )
    .selectAll('workloadRun')
    .where('workloadToken.tokenId', '=', tokenId)
    .executeTakeFirst()
  if (run === undefined) return undefined
  const trust = await tx
    .updateTable('workloadTrust')
    .set((eb) => ({ lastUsedAt: eb.ref('lastUsedAt') }))
    .where('id', '=', run.trustId)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return trust && isStanding(trust, at) ? { run, trust } : undefined
}

/** Every token of the run, the one just made among them. */
async function endRun(
  tx: Tx<TableName>,
  { cut, run, trust, at }: Pick<RenewParts, 'cut'> & { run: WorkloadRunTable; trust: WorkloadTrustTable; at: number },
): Promise<void> {
  const tokens = await tx
    .selectFrom('workloadToken')
    .select('tokenId')
    .where('trustId', '=', run.trustId)
    .where('proof', '=', run.proof)
    .execute()
  await endMachineTokens(tx, { userId: trust.userId, ids: tokens.map(({ tokenId }) => tokenId), at })
  await tx
    .updateTable('workloadRun')
    .set({ endsAt: at })
    .where('trustId', '=', run.trustId)
    .where('proof', '=', run.proof)
    .execute()
  await cut(tx, trust.userId, at)
  await recordEvent(tx, {
    action: 'workload.reused',
    actor: null,
    target: { kind: 'workload', id: trust.id },
    repositoryId: trust.repositoryId,
    outcome: 'refused',
    facts: await factsOf(tx, run, trust),
    at,
  })
}

const factsOf = async (tx: Tx<TableName>, run: WorkloadRunTable, trust: WorkloadTrustTable) => ({
  repository: (await findPath(tx, trust.repositoryId)) ?? '',
  pipeline: trust.name,
  issuer: trust.issuer,
  subject: run.subject,
})

const includesAll = (all: readonly string[], some: readonly string[]): boolean =>
  some.length > 0 && some.every((one) => all.includes(one))

const hoursOver = ({ runHours }: WorkloadTrustTable): string =>
  `This run began ${runHours} ${runHours === 1 ? 'hour' : 'hours'} ago and goes on no longer. Run the pipeline again.`
