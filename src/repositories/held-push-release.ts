import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { RefCommand } from '../protocols/git/receive-commands.ts'
import type { Statement } from '../seals/format/statement.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { ruleOf } from './branch-rule.ts'
import type { Held, HeldPush, HeldRefusal, HoldParts } from './held-push-parts.ts'
import type { Told } from './judge-ref-update.ts'
import { toldOf } from './push-judgement.ts'
import { preparePush } from './push-rules.ts'
import { shortName } from './push-taps.ts'
import { methodOf } from './ref-updates.ts'
import { readRef } from './refs.ts'
import type { RepositoryPlace } from './place.ts'

export const heldRefusal = (ref: string, code: string, ended: HeldRefusal['ended'], sentences: Told): HeldRefusal => ({
  outcome: 'refuse',
  code,
  reason: 'it did not get its tap',
  sentences,
  ref,
  ended,
})

export const heldMoved = (ref: string): HeldRefusal => ({
  ...heldRefusal(ref, 'ref-moved', 'overtaken', [
    `${shortName(ref)} moved while this push waited.`,
    'Fetch, look, and push again.',
  ]),
  reason: 'the branch moved meanwhile',
})

/** Why a tap would be good for nothing any more: the rules it was asked under are others now. */
export async function findRuleChange(
  db: Db<'protectedBranch'>,
  policy: PolicyInForce,
  { place, ref, under }: { place: RepositoryPlace; ref: string; under: string },
): Promise<HeldRefusal | undefined> {
  const row = await db
    .selectFrom('protectedBranch')
    .select(['rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', place.repository.id)
    .where('ref', '=', ref)
    .executeTakeFirst()
  const { digest } = policy.current()
  if (JSON.stringify([row === undefined ? null : ruleOf(row), digest]) === under) return undefined
  const [, asked] = JSON.parse(under) as [unknown, string]
  return asked === digest
    ? heldRefusal(ref, 'rule-changed', 'overtaken', [
        `The rule of ${shortName(ref)} changed while this push waited.`,
        'Push again.',
      ])
    : heldRefusal(ref, 'policy-changed', 'overtaken', ['The guardrails changed while this push waited.', 'Push again.'])
}

/** Lets a push go on for which its person has tapped: judged once more, its seal used up, its updates prepared. */
export async function releaseHeld(parts: HoldParts, held: HeldPush, requestId: Id<'srq'>): Promise<Held> {
  const { database, git, policy, now } = parts
  const { place, waits, caller } = held
  const { command } = waits
  // git would refuse as well, in its own words.
  if ((await readRef(git, place.folder, command.ref)) !== command.oldOid) return { refusal: heldMoved(command.ref) }
  const seal = await findSeal(database, requestId)
  try {
    const prepared = await database.write(async (tx) => {
      const changed = await findRuleChange(tx, policy, { place, ref: command.ref, under: waits.under })
      if (changed !== undefined) return { refusal: changed }
      const at = now()
      return preparePush(tx, {
        ...held,
        policy,
        method: methodOf(caller),
        strength: caller.strength,
        at,
        async takeSeal(asked) {
          const taken = await takeSeal(tx, {
            sealId: seal.id,
            caller,
            policy,
            question: asked.question,
            at,
            isFor: (statement) => asked.command.ref === command.ref && isForPush(statement, place, command),
          })
          return taken.seal
        },
      })
    })
    if ('rows' in prepared) {
      held.say([await thanks(database, seal)])
      return prepared
    }
    if ('waits' in prepared) throw new Error('a push asks for a second tap')
    return { refusal: { ended: 'overtaken', ...prepared.refusal } }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { refusal: heldRefusal(command.ref, error.code, 'overtaken', toldOf(error)) }
  }
}

/** Exactly this step of exactly this branch, and nothing else that this person may have sealed. */
export const isForPush = (
  { predicate, subject }: Statement,
  { repository }: Pick<RepositoryPlace, 'repository'>,
  { ref, oldOid, newOid }: RefCommand,
): boolean =>
  predicate.action === 'push' &&
  predicate.repository?.id === repository.id &&
  predicate.targetRef === ref &&
  predicate.fromID === oldOid &&
  subject.length === 1 &&
  subject.every(({ digest }) => 'gitCommit' in digest && digest.gitCommit === newOid)

const findSeal = ({ read }: Database, requestId: Id<'srq'>): Promise<SealTable> =>
  read.selectFrom('seal').selectAll().where('requestId', '=', requestId).executeTakeFirstOrThrow()

async function thanks({ read }: Database, { userId, credentialRecordId }: SealTable): Promise<string> {
  const { displayName, name } = await read
    .selectFrom('user')
    .innerJoin('credentialRecord', 'credentialRecord.userId', 'user.id')
    .select(['user.displayName', 'credentialRecord.name'])
    .where('user.id', '=', userId)
    .where('credentialRecord.id', '=', credentialRecordId)
    .executeTakeFirstOrThrow()
  return `Sealed by ${displayName} with “${name}”.`
}
