import { type Agreed, countPeople, isSamePerson, type ProvenLevel, levelOf } from '../seals/format/agreement.ts'
import { SealError } from '../seals/format/seal-error.ts'
import {
  type VerifiedApproval,
  checkApprovalFits,
  verifyApproval,
  verifyConfirmation,
} from '../seals/format/verify-approval.ts'
import type { VerifiedSeal } from '../seals/format/verify-seal.ts'
import type { DetachedSeals, Filed } from './detached-seals.ts'
import { treeOf } from './first-parents.ts'
import { type Rules, checkCounts } from './judge-seal.ts'
import type { ObjectReader } from './object-reader.ts'
import type { Landed, NotCounted } from './report.ts'
import type { SealedStep } from './step.ts'

/** Who stands behind a step, beside whoever moved the branch. */
export interface Agreement {
  people: Agreed[]
  confirmedBy: VerifiedSeal[]
  notCounted: NotCounted[]
  level: ProvenLevel
  landed: Landed
}

interface Parts {
  seals: DetachedSeals
  rules: Rules
  objects: ObjectReader
  /** Patch digests of what a step brought in. */
  readPatches: (step: SealedStep) => Promise<readonly string[]>
  /** Of what came of steps, by tip. */
  readLanded: (steps: readonly SealedStep[]) => Promise<ReadonlyMap<string, string>>
  /** Whether steps are what merging their heads gives. */
  mergeAgain: (steps: readonly SealedStep[]) => Promise<ReadonlyMap<SealedStep, Landed>>
}

/**
 * Judges which approvals and confirmations count for which step. `before` has the steps, oldest first, each with the
 * commit below the first that it proves.
 */
export async function findAgreements(
  before: ReadonlyMap<SealedStep, string>,
  parts: Parts,
): Promise<Map<SealedStep, Agreement>> {
  const steps = [...before.keys()]
  const { approvals, confirmations } = parts.seals
  const approvalsOf = fileByChange(approvals)
  const confirmationsOf = fileByChange(confirmations)
  const reviewed = steps.filter((step) => approvalsOf(step.pullRequest, step.head).length > 0)
  const [trees, patches] = await Promise.all([readHeadTrees(reviewed, parts.objects), parts.readLanded(reviewed)])
  const used = new Set<string>()
  const agreements = new Map<SealedStep, Agreement>()
  const undecided: SealedStep[] = []
  for (const step of steps) {
    const { pullRequest } = step
    const moved: Agreed = { seal: step.seal, did: step.action === 'push' ? 'pushed' : 'merged' }
    const found: Found = { moved, step, notCounted: [], parts }
    const approved: Approved =
      pullRequest === null
        ? { people: [moved], isLandedPatch: null }
        : await countApprovals(found, approvalsOf(pullRequest, step.head), {
            pullRequest,
            used,
            headTree: trees.get(step),
            landedPatch: patches.get(step.tip),
          })
    const confirmedBy =
      pullRequest === null ? [] : countConfirmations(found, confirmationsOf(pullRequest, step.tip), pullRequest)
    const { people, isLandedPatch } = approved
    const told = landedOf(step, isLandedPatch, before.get(step))
    if (told === undefined) undecided.push(step)
    const landed = told === undefined ? 'otherwise' : told
    const level = levelOf(people, landed === 'as-approved')
    agreements.set(step, { people, confirmedBy, notCounted: found.notCounted, level, landed })
  }
  for (const [step, landed] of await parts.mergeAgain(undecided)) {
    const agreement = agreements.get(step)
    if (agreement) Object.assign(agreement, { landed, level: levelOf(agreement.people, landed === 'as-approved') })
  }
  return agreements
}

interface Approved {
  people: Agreed[]
  /** Whether what came of it is, path by path, what somebody who counts approved; null where nobody did. */
  isLandedPatch: boolean | null
}

/** Undefined where it takes merging again to tell. A fast-forward leaves the branch at the very head. */
function landedOf(
  { action, base }: SealedStep,
  isLandedPatch: boolean | null,
  before: string | undefined,
): Landed | undefined {
  if (isLandedPatch === null) return null
  // From further below, what was approved could take back what others brought in between.
  if (before !== base) return 'otherwise'
  return isLandedPatch || action === 'fast-forward' ? 'as-approved' : undefined
}

interface Found {
  moved: Agreed
  step: SealedStep
  notCounted: NotCounted[]
  parts: Parts
}

/** The people who agreed, each once. An approval counts for one step. */
async function countApprovals(
  { moved, step, notCounted, parts }: Found,
  filed: readonly Filed[],
  change: { pullRequest: string; used: Set<string>; headTree: string | undefined; landedPatch: string | undefined },
): Promise<Approved> {
  const { rules, readPatches } = parts
  const { pullRequest, used, headTree, landedPatch } = change
  const landed = { head: step.head, headTree, notAfter: step.seal.statement.predicate.notAfter }
  let read: Promise<readonly string[]> | undefined
  const patches = () => (read ??= readPatches(step))
  const fitting: VerifiedApproval[] = []
  // Those of the very commit first, so that what the same people approved before costs no look at their patches.
  for (const one of filed.toSorted((a, b) => Number(isOf(b, step.head)) - Number(isOf(a, step.head)))) {
    try {
      if (used.has(one.digest)) throw new SealError('statement-reused', 'it already counted for an earlier change')
      const approval = verifyApproval({ ...rules, pullRequest, record: one.record })
      checkCounts(approval, step.passed, rules)
      const isKnown = [moved.seal, ...fitting].some((seal) => isSamePerson(seal, approval))
      if (!isKnown || approval.head === step.head) {
        await checkApprovalFits(approval, landed, patches)
        used.add(one.digest)
      }
      fitting.push(approval)
    } catch (error) {
      notCounted.push(refused(one, 'approved', error))
    }
  }
  const people = countPeople(moved, fitting)
  const seals = new Set(people.map(({ seal }) => seal))
  for (const approval of fitting) if (!seals.has(approval)) notCounted.push(samePerson(approval, 'approved'))
  const counted = fitting.filter((approval) => seals.has(approval))
  const isLandedPatch = counted.length === 0 ? null : counted.some(({ patch }) => patch === landedPatch)
  return { people, isLandedPatch }
}

function countConfirmations(
  { moved, step, notCounted, parts }: Found,
  filed: readonly Filed[],
  pullRequest: string,
): VerifiedSeal[] {
  const { rules } = parts
  const confirmed: VerifiedSeal[] = []
  for (const one of filed) {
    try {
      const seal = verifyConfirmation({ ...rules, ...step, pullRequest, record: one.record })
      checkCounts(seal, step.passed, rules)
      const isSecond = [moved.seal, ...confirmed].every((other) => !isSamePerson(other, seal))
      if (isSecond) confirmed.push(seal)
      else notCounted.push(samePerson(seal, 'confirmed'))
    } catch (error) {
      notCounted.push(refused(one, 'confirmed', error))
    }
  }
  return confirmed
}

function refused({ digest, statement }: Filed, did: NotCounted['did'], error: unknown): NotCounted {
  if (!(error instanceof SealError)) throw error
  const { username } = statement.predicate.signer
  return { username, did, statementDigest: digest, reason: error.code, explanation: error.message }
}

function samePerson({ entry, statementDigest }: VerifiedSeal, did: NotCounted['did']): NotCounted {
  const explanation = 'by somebody who already counts'
  return { username: entry.username, did, statementDigest, reason: 'same-person', explanation }
}

/** Seals by the pull request that they name and by their commit, oldest first: one that names another is worth telling. */
function fileByChange(seals: readonly Filed[]): (pullRequest: string | null, commit: string) => Filed[] {
  const key = ({ statement, digest }: Filed) => `${statement.predicate.issuedAt} ${digest}`
  const ordered = seals.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const byPullRequest = groupBy(ordered, ({ statement }) => statement.predicate.pullRequest)
  const byCommit = groupBy(ordered, commitOf)
  return (pullRequest, commit) =>
    pullRequest === null
      ? []
      : [...new Set([...(byPullRequest.get(pullRequest) ?? []), ...(byCommit.get(commit) ?? [])])]
}

/** Map.groupBy, which Node 20 does not have. */
function groupBy(all: readonly Filed[], keyOf: (one: Filed) => string | undefined): Map<string | undefined, Filed[]> {
  const groups = new Map<string | undefined, Filed[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}

function commitOf({ statement }: Filed): string | undefined {
  const digest = statement.subject[0]?.digest
  return digest && 'gitCommit' in digest ? digest.gitCommit : undefined
}

const isOf = (filed: Filed, commit: string): boolean => commitOf(filed) === commit

/** Trees of what was proposed, where the commit is certainly in the clone: of a merge, and where it is the tip itself. */
async function readHeadTrees(steps: readonly SealedStep[], objects: ObjectReader): Promise<Map<SealedStep, string>> {
  const trees = new Map<SealedStep, string>()
  for (const step of steps) if (step.head === step.tip) trees.set(step, step.tree)
  const merges = steps.filter(({ action }) => action === 'merge')
  for (let at = 0; at < merges.length; at += BATCH) {
    const batch = merges.slice(at, at + BATCH)
    const heads = await objects.read(
      batch.map(({ head }) => head),
      'commit',
    )
    for (const [index, head] of heads.entries()) {
      const step = batch[index]
      const tree = treeOf(head)
      if (step && tree !== undefined) trees.set(step, tree)
    }
  }
  return trees
}

const BATCH = 256
