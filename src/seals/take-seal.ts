import type { ExpressionBuilder } from 'kysely'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Schema, SealTable } from '../database/schema.ts'
import { forbidden, ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { findCredentialRecord } from '../identity/credential-records.ts'
import { checkStillAs } from '../identity/ending/check-still-here.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { parseStatement, type Statement } from './format/statement.ts'
import { parseTime } from './format/time.ts'
import { createTapJudge, type TapQuestion } from './judge-tap.ts'

export interface Taken {
  seal: SealTable
  statement: Statement
}

/**
 * Uses a seal up, in the transaction of the act it allows, so that it allows one act once. `isFor` judges the
 * statement against what is really being done. @throws 409 where it is spent, too old, somebody else's or for another act
 */
export async function takeSeal(
  tx: Tx<'seal' | 'user'>,
  wanted: {
    sealId: string
    caller: Pick<Caller, 'id' | 'kind' | 'username' | 'role' | 'address'>
    policy: PolicyInForce
    /** Asked of the rules once more: they may have changed since the tap, or the key may be worth less. */
    question: TapQuestion
    at: number
    /** The token that must have asked for it, and still lives; null: no token may have. */
    askedByToken?: Id<'tok'> | null
    isFor: (statement: Statement) => boolean
  },
): Promise<Taken> {
  const { caller, question, policy, at } = wanted
  const role = await checkStillAs(tx, caller)
  const seal = await tx
    .updateTable('seal')
    .set({ consumedAt: wanted.at })
    .where('id', '=', wanted.sealId as Id<'sea'>)
    .where('userId', '=', caller.id)
    .where('consumedAt', 'is', null)
    .where(({ eb, exists, lit }) =>
      wanted.askedByToken === undefined ? lit(true) : exists(requestOf(eb, wanted.askedByToken)),
    )
    .returningAll()
    .executeTakeFirst()
  if (seal === undefined) throw sealProblem('seal-spent', 'This tap was already used, or is not yours.')
  // Removed between the tap and the act: what it sealed and nobody carried out ends with it.
  const record = await findCredentialRecord(tx, caller.id, seal.credentialRecordId)
  if (record === undefined)
    throw sealProblem('credential-ended', 'The passkey that tapped for this was removed meanwhile.')
  const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
  if (wanted.at > (parseTime(statement.predicate.notAfter) ?? 0) * 1000)
    throw sealProblem('seal-expired', 'This tap is too old for what you are doing.')
  if (!wanted.isFor(statement)) throw sealProblem('seal-mismatch', 'This tap was made for something else.')
  const judge = await createTapJudge({ db: tx, policy }, { question, caller: { ...caller, role }, at })
  const { decision, sentence } = judge(record, { made: seal })
  if (decision.outcome !== 'allow') throw forbidden(sentence, 'Use another key, or add one under Account.')
  return { seal, statement }
}

/** The request of the seal in question, if it was this token's. */
function requestOf(eb: ExpressionBuilder<Schema, 'seal'>, tokenId: Id<'tok'> | null) {
  const request = eb
    .selectFrom('sealRequest')
    .select('sealRequest.id')
    .whereRef('sealRequest.id', '=', 'seal.requestId')
  return tokenId === null
    ? request.where('requestedToken', 'is', null)
    : request
        .innerJoin('apiToken', 'apiToken.id', 'sealRequest.requestedToken')
        .where('requestedToken', '=', tokenId)
        .where('apiToken.endedAt', 'is', null)
}

const sealProblem = (code: string, title: string): ProblemError =>
  new ProblemError(409, code, title, { help: 'Start again: one fresh tap is needed.' })
