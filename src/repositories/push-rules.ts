import type { Db, Tx } from '../database/handles.ts'
import type { RefUpdateTable, SealTable, Strength, TableName } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { RefCommand } from '../protocols/git/receive-commands.ts'
import { firstRule, ruleOf } from './branch-rule.ts'
import { type AskedCertificate, judgeCertificate, type SignedPush } from './commit-signatures/judge-certificate.ts'
import { listUnnamed } from './commit-signatures/list-unnamed.ts'
import { recordCertificate } from './commit-signatures/record-certificate.ts'
import { isUnsigned, sayUnsigned } from './commit-signatures/unsigned-words.ts'
import { refuseCertificate } from './push-certificate.ts'
import { findOtherFirstPush } from './first-push.ts'
import { judgeRefUpdate, type Told } from './judge-ref-update.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'
import type { JudgedPush, PushTables, Refusal, TapAsked } from './push-judgement.ts'
import type { PushShape } from './push-shape.ts'
import { checkStillWrites } from './push-standing.ts'
import { findTapAsked, shortName } from './push-taps.ts'
import { type RefMethod, prepareRefUpdates } from './ref-updates.ts'

export interface PushAsked {
  place: RepositoryPlace
  commands: readonly RefCommand[]
  caller: Caller
  /** Of the branches with a rule about it; undefined before the objects are here, when the best is assumed. */
  shapes: ReadonlyMap<string, PushShape> | undefined
  /** Of `git push --signed`; `unread`: there is a certificate, and it was not judged yet. */
  signed: SignedPush | 'unread' | undefined
}

/** The whole rule about a push, asked when its list of updates is read, when its objects are here, and when it lands. */
export async function judgePush(
  { db, policy, at }: { db: PushTables; policy: PolicyInForce; at: number },
  { place, commands, caller, shapes, signed }: PushAsked,
): Promise<JudgedPush> {
  const { repository, role } = place
  const rows = await db
    .selectFrom('protectedBranch')
    .select(['ref', 'rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', repository.id)
    .execute()
  const rules = new Map(rows.map((row) => [row.ref, ruleOf(row)]))
  for (const { ref, oldOid, newOid } of commands) {
    const rule = rules.get(ref)
    // What was not looked at is taken for the worst.
    const unseen: PushShape = { keepsFirstParents: false, isFastForward: false, bringsMerges: true }
    const shape = shapes === undefined ? undefined : (shapes.get(ref) ?? unseen)
    const judgement = judgeRefUpdate({
      door: 'push',
      ref,
      oldOid,
      newOid,
      role,
      defaultRef: `refs/heads/${repository.defaultBranch}`,
      isProtected: rule !== undefined,
      protectedRefs: [...rules.keys()],
      push: rule?.push ?? firstRule.push,
      keepsFirstParents: shape?.keepsFirstParents ?? true,
      isFastForward: shape?.isFastForward ?? true,
      bringsMerges: rule?.linearHistory === true && shape?.bringsMerges === true,
    })
    if (judgement.outcome === 'refuse') return { refusal: { ...judgement, ref } }
    const refusal = rule?.signedCommits === true && shape !== undefined ? refuseUnsigned(ref, shape) : undefined
    if (refusal !== undefined) return { refusal }
  }
  return findTapAsked({ db, policy, at }, { place, commands, caller, rules, signed })
}

/** Of a branch that takes only signed commits. */
function refuseUnsigned(ref: string, { unsigned }: PushShape): Refusal | undefined {
  const name = shortName(ref)
  if (unsigned !== undefined && !isUnsigned(unsigned)) return undefined
  const sentences: Told =
    unsigned === undefined ? [`The rule of ${name} changed just now.`, 'Push again.'] : sayUnsigned(name, unsigned)
  return {
    outcome: 'refuse',
    code: 'unsigned-commits',
    reason: 'only signed commits are taken',
    sentences,
    ref,
  }
}

/** The branches of a push whose shape a rule asks about. */
export async function listShaped(
  db: Db<'protectedBranch'>,
  place: RepositoryPlace,
  commands: readonly RefCommand[],
): Promise<RefCommand[]> {
  const rows = await db
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', place.repository.id)
    .execute()
  const refs = new Set(rows.map(({ ref }) => ref))
  return commands.filter(({ ref }) => refs.has(ref))
}

export interface PreparedPush extends Omit<PushAsked, 'signed'> {
  certificate: AskedCertificate | undefined
  policy: PolicyInForce
  method: RefMethod
  strength: Strength
  /** Uses up the seal of the branch that waited, once everything else is allowed. @throws ProblemError */
  takeSeal?: (waits: TapAsked) => Promise<Pick<SealTable, 'id' | 'strength'>>
  at: number
}

/**
 * Judges a push once more and prepares it, in one transaction under the repository's row lock: of two first pushes at
 * once, which would both begin the history, exactly one gets through. What waits for a tap is not prepared. The role is
 * the one of now, whatever the push was let in by. @throws 403 `access-ended`
 */
export async function preparePush(
  tx: Tx<TableName>,
  push: PreparedPush,
): Promise<{ refusal: Refusal } | { waits: TapAsked } | { rows: RefUpdateTable[]; isTapped: boolean }> {
  const { commands, caller, policy, certificate, at } = push
  await lockNumbers(tx, push.place.repository.id)
  const place = await checkStillWrites(tx, push.place, caller)
  // Of one push one decision is counted: not what was asked ahead, and not a second time after the tap.
  const repositoryId = place.repository.id
  const signed = certificate && (await judgeCertificate(tx, certificate, { repositoryId, caller, at }))
  if (signed !== undefined && 'refusal' in signed) return { refusal: refuseCertificate(commands, signed.refusal) }
  if (signed !== undefined && signed.tap !== null)
    signed.unnamed = await listUnnamed(tx, repositoryId, { ...signed.row, refs: commands.map(({ ref }) => ref) })
  const counting = push.takeSeal === undefined ? policy : uncounted(policy)
  const judged = await judgePush({ db: tx, policy: counting, at }, { ...push, place, signed })
  if (judged.refusal !== undefined) return { refusal: judged.refusal }
  const refusal = await findOtherFirstPush(tx, repositoryId, commands)
  if (refusal !== undefined) return { refusal }
  const { waits } = judged
  if (waits !== undefined && push.takeSeal === undefined) return { waits }
  const seal = waits === undefined ? undefined : await push.takeSeal?.(waits)
  const rows = await prepareRefUpdates(tx, {
    repositoryId: place.repository.id,
    moves: commands.map((command) =>
      seal !== undefined && command.ref === waits?.command.ref ? { ...command, sealed: seal } : command,
    ),
    actorId: caller.id,
    method: push.method,
    strength: judged.isTapped ? (signed?.tap?.strength ?? push.strength) : push.strength,
    at,
  })
  // Where its person tapped in a browser, the certificate was not what let it land.
  if (signed !== undefined)
    await recordCertificate(
      tx,
      { row: signed.row, counts: seal === undefined || judged.isTapped },
      { place, caller, rows, at },
    )
  return { rows, isTapped: judged.isTapped }
}

/** The same policy for whoever only asks. */
export const uncounted = (policy: PolicyInForce): PolicyInForce => ({ current: () => policy.current() })
