import type { RecordedDecision } from '../audit/decision.ts'
import type { Caller } from '../identity/caller.ts'
import { readPolicyActor } from '../identity/policy-actor.ts'
import { type Decision, decide } from '../policy/decide.ts'
import type { DecisionFacts, PolicyActor, Proof } from '../policy/facts.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { recordDecision } from '../policy/record-decision.ts'
import { explainDecision, helpWith } from '../policy/words.ts'
import { type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import { BRANCH_REF } from '../seals/format/statement.ts'
import { actFacts, type TapQuestion } from '../seals/judge-tap.ts'
import { findOwnRole } from './access.ts'
import { type BranchRule, takesTap } from './branch-rule.ts'
import type { SignedPush } from './commit-signatures/judge-certificate.ts'
import { anotherName, type Told } from './judge-ref-update.ts'
import type { RepositoryPlace } from './place.ts'
import type { JudgedPush, PushTables, Refusal, TapAsked } from './push-judgement.ts'
import { pushProof } from './push-proof.ts'

interface Asked {
  place: RepositoryPlace
  commands: readonly RefCommand[]
  caller: Caller
  /** Of protected branches, by full name. */
  rules: ReadonlyMap<string, BranchRule>
  /** Of `git push --signed`; `unread`: there is a certificate, and it was not judged yet. */
  signed: SignedPush | 'unread' | undefined
}

/** Which branch of a push waits for a tap: by its own rule, or by a guardrail; or why no tap would help. */
export async function findTapAsked(
  parts: { db: PushTables; policy: PolicyInForce; at: number },
  { place, commands, caller, rules, signed }: Asked,
): Promise<JudgedPush> {
  const judge = await createPushJudge(parts, place, caller)
  const byCertificate =
    signed === undefined || signed === 'unread' || signed.tap === null
      ? undefined
      : await createPushJudge(parts, place, caller, signed.tap)
  const asked: TapAsked[] = []
  let isTapped = false
  for (const command of commands) {
    if (command.ref.startsWith('refs/tags/')) {
      const judged = judgeTag(
        [judge, caller.kind === 'person' ? byCertificate : undefined],
        command,
        signed === 'unread',
        (recorded) => parts.policy.decided?.(pick(recorded)),
      )
      if (typeof judged === 'object') return { refusal: judged }
      isTapped ||= judged === 'tapped'
      continue
    }
    if (!command.ref.startsWith('refs/heads/')) continue
    const name = shortName(command.ref)
    const rule = rules.get(command.ref)
    const byLogin = judge(name)
    const mayBeSigned = rule === undefined || rule.push === 'tap-or-signed'
    const isUnnamed = mayBeSigned && typeof signed === 'object' && signed.unnamed?.has(command.ref) === true
    const tapped = mayBeSigned && !isUnnamed && needsTap(byLogin, rule) ? byCertificate?.(name) : undefined
    const isEnough = tapped?.decision.outcome === 'allow' && caller.kind === 'person'
    const judged = isEnough ? tapped : byLogin
    parts.policy.decided?.(pick(judged.recorded))
    isTapped ||= isEnough
    const found = isEnough
      ? undefined
      : findForBranch(judged, { command, caller, rule, isUnread: signed === 'unread', isUnnamed })
    if (found !== undefined && 'outcome' in found) return { refusal: { ...found, ref: command.ref } }
    if (found !== undefined) asked.push(found)
  }
  const [first, second] = asked
  if (second === undefined) return { waits: first, isTapped }
  return {
    refusal: {
      ...refuse(
        'one-at-a-time',
        'one tap covers one branch',
        `${asked.map(({ command }) => shortName(command.ref)).join(' and ')} each take a tap.`,
        'Push them one at a time.',
      ),
      ref: second.command.ref,
    },
  }
}

type PushJudge = (name: string, act?: 'push' | 'tag') => JudgedRef

export interface JudgedRef {
  name: string
  question: TapQuestion
  decision: Decision
  facts: DecisionFacts
  /** As the ledger keeps it. */
  recorded: RecordedDecision
  digest: string
}

/** What the guardrails say of this caller's pushes to a branch, or of a tag, of this name. */
export const createPushJudge = (
  parts: { db: PushTables; policy: PolicyInForce; at: number },
  place: RepositoryPlace,
  caller: Caller,
  proof: Proof = pushProof(caller, parts.at),
): Promise<PushJudge> => createPushJudgeOf(parts, place, caller, proof)

type Pusher = Pick<Caller, 'id' | 'kind' | 'username' | 'role'> & { address: string | null }

/** The same of somebody who is not here any more. */
export async function createPushJudgeOf(
  { db, policy, at }: { db: PushTables; policy: PolicyInForce; at: number },
  { repository }: RepositoryPlace,
  caller: Pusher,
  proof: Proof,
): Promise<PushJudge> {
  const actor: PolicyActor = await readPolicyActor(db, caller)
  // Not what the token has left of it: a rule about administrators is about them with any token.
  const role = (await findOwnRole(db, caller, repository)) ?? null
  const compiled = policy.current()
  return (name, act = 'push') => {
    const branch = act === 'push' ? name : null
    const place = { projectId: repository.projectId, repositoryId: repository.id, branch, role }
    const question: TapQuestion = { act, place }
    const facts = actFacts({ question, caller, at }, actor, proof)
    const decision = decide(compiled, facts)
    const recorded = recordDecision(compiled, facts, decision)
    return { name, question, decision, facts, recorded, digest: compiled.digest }
  }
}

function findForBranch(
  { name, question, decision, facts, recorded, digest }: JudgedRef,
  {
    command,
    caller,
    rule,
    isUnread,
    isUnnamed,
  }: { command: RefCommand; caller: Caller; rule: BranchRule | undefined; isUnread: boolean; isUnnamed: boolean },
): TapAsked | Omit<Refusal, 'ref'> | undefined {
  const isPerson = caller.kind === 'person'
  // That it takes a person is said below, with what to do instead.
  const takesPerson = !isPerson && decision.unmet.some(({ part }) => part === 'person')
  if (decision.outcome === 'deny' && !takesPerson)
    return {
      ...refuse('not-allowed', 'a guardrail forbids it', explainDecision(decision, facts), helpWith(decision)),
      decision: recorded,
    }
  if (!needsTap({ decision }, rule)) return undefined
  if (!isPerson)
    return refuse(
      'person-required',
      'it takes a person’s tap',
      `${name} takes a person’s tap, which a program cannot give.`,
      'Propose it to people instead:',
      `git push origin HEAD:refs/for/${name}`,
    )
  // Its certificate may be that tap, for all of its branches.
  if (isUnread) return undefined
  if (command.newOid === zeroOid)
    return refuse(
      'delete-in-console',
      'it takes a tap',
      `${name} takes a tap for each change, so it is not deleted by a push.`,
      'Delete it on the repository’s page of branches.',
    )
  if (!BRANCH_REF.test(command.ref))
    return refuse(
      'ref-name',
      'this name cannot be sealed',
      `${name} takes a tap, and no seal can hold this name.`,
      anotherName,
    )
  const because = isUnnamed
    ? `This repository has another name since somebody tapped for ${name}: tap once, and signed pushes count again.`
    : rule !== undefined && takesTap(rule.push)
      ? `${name} takes a tap for each push.`
      : explainDecision(decision, facts)
  return { command, question, because, under: JSON.stringify([rule ?? null, digest]) }
}

/**
 * It is a new tag that takes something: git moves and deletes none. What git sends is signed already, or never, so it waits
 * for no tap: the page of tags makes another, with one.
 */
function judgeTag(
  [byLogin, byTap]: readonly [PushJudge, PushJudge | undefined],
  { ref, newOid }: RefCommand,
  isUnread: boolean,
  decided: (recorded: RecordedDecision) => void,
): 'allowed' | 'tapped' | Refusal {
  if (newOid === zeroOid) return 'allowed'
  const judged = byLogin(shortName(ref), 'tag')
  const tapped = judged.decision.outcome === 'allow' ? undefined : byTap?.(shortName(ref), 'tag')
  const isTapped = tapped?.decision.outcome === 'allow'
  const { decision, facts, recorded } = isTapped ? tapped : judged
  decided(recorded)
  if (decision.outcome === 'allow') return isTapped ? 'tapped' : 'allowed'
  // Its certificate may be that tap.
  if (isUnread) return 'allowed'
  const isFinal = decision.outcome === 'deny' && facts.actor.kind === 'person'
  const help = isFinal ? helpWith(decision) : 'A person can make it by a tap, on the repository’s page of tags.'
  const told = refuse('not-allowed', 'a guardrail forbids it', explainDecision(decision, facts), help)
  return { ...told, ref, decision: recorded }
}

const needsTap = ({ decision }: Pick<JudgedRef, 'decision'>, rule: BranchRule | undefined): boolean =>
  (rule !== undefined && takesTap(rule.push)) || decision.outcome !== 'allow'

const pick = ({ act, outcome, rule }: RecordedDecision): Pick<RecordedDecision, 'act' | 'outcome' | 'rule'> => ({
  act,
  outcome,
  rule,
})

const refuse = (code: string, reason: string, ...sentences: Told): Omit<Refusal, 'ref'> => ({
  outcome: 'refuse',
  code,
  reason,
  sentences,
})

export const shortName = (ref: string): string => ref.replace(/^refs\/(heads|tags|for)\//, '')
