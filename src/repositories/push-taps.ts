import type { RecordedDecision } from '../audit/decision.ts'
import type { Caller } from '../identity/caller.ts'
import { readPolicyActor } from '../identity/policy-actor.ts'
import { type Decision, decide } from '../policy/decide.ts'
import type { DecisionFacts, PolicyActor } from '../policy/facts.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { recordDecision } from '../policy/record-decision.ts'
import { explainDecision, helpWith } from '../policy/words.ts'
import { type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import { BRANCH_REF } from '../seals/format/statement.ts'
import { actFacts, type TapQuestion } from '../seals/judge-tap.ts'
import { findOwnRole } from './access.ts'
import type { BranchRule } from './branch-rule.ts'
import type { RepositoryPlace } from './place.ts'
import type { JudgedPush, PushTables, Refusal, TapAsked } from './push-judgement.ts'

interface Asked {
  place: RepositoryPlace
  commands: readonly RefCommand[]
  caller: Caller
  /** Of protected branches, by full name. */
  rules: ReadonlyMap<string, BranchRule>
}

/** Which branch of a push waits for a tap: by its own rule, or by a guardrail; or why no tap would help. */
export async function findTapAsked(
  parts: { db: PushTables; policy: PolicyInForce; at: number },
  { place, commands, caller, rules }: Asked,
): Promise<JudgedPush> {
  const judge = await createPushJudge(parts, place, caller)
  const asked: TapAsked[] = []
  for (const command of commands) {
    if (!command.ref.startsWith('refs/heads/')) continue
    const judged = judge(shortName(command.ref))
    const { act, outcome, rule } = judged.recorded
    parts.policy.decided?.({ act, outcome, rule })
    const found = findForBranch(judged, { command, caller, rule: rules.get(command.ref) })
    if (found !== undefined && 'outcome' in found) return { refusal: { ...found, ref: command.ref } }
    if (found !== undefined) asked.push(found)
  }
  const [first, second] = asked
  if (second === undefined) return { waits: first }
  return {
    refusal: {
      ...refuse(
        'one-at-a-time',
        'one tap covers one branch',
        `${asked.map(({ command }) => shortName(command.ref)).join(' and ')} each take a tap. Push them one at a time.`,
      ),
      ref: second.command.ref,
    },
  }
}

export interface JudgedBranch {
  name: string
  question: TapQuestion
  decision: Decision
  facts: DecisionFacts
  /** As the ledger keeps it. */
  recorded: RecordedDecision
  digest: string
}

/** What the guardrails say of this caller's pushes to a branch of this name. */
export async function createPushJudge(
  { db, policy, at }: { db: PushTables; policy: PolicyInForce; at: number },
  { repository }: RepositoryPlace,
  caller: Caller,
): Promise<(name: string) => JudgedBranch> {
  const actor: PolicyActor = await readPolicyActor(db, caller)
  // Not what the token has left of it: a rule about administrators is about them with any token.
  const role = (await findOwnRole(db, caller, repository)) ?? null
  const compiled = policy.current()
  const { strength, by } = caller
  const proof = { strength, ageSeconds: 0, boundToAct: false, key: by.kind === 'session' ? by.key : null }
  return (name) => {
    const place = { projectId: repository.projectId, repositoryId: repository.id, branch: name, role }
    const question: TapQuestion = { act: 'push', place }
    const facts = actFacts({ question, caller, at }, actor, proof)
    const decision = decide(compiled, facts)
    const recorded = recordDecision(compiled, facts, decision)
    return { name, question, decision, facts, recorded, digest: compiled.digest }
  }
}

function findForBranch(
  { name, question, decision, facts, recorded, digest }: JudgedBranch,
  { command, caller, rule }: { command: RefCommand; caller: Caller; rule: BranchRule | undefined },
): TapAsked | Omit<Refusal, 'ref'> | undefined {
  const isPerson = caller.kind === 'person'
  // That it takes a person is said below, with what to do instead.
  const takesPerson = !isPerson && decision.unmet.some(({ part }) => part === 'person')
  if (decision.outcome === 'deny' && !takesPerson)
    return {
      ...refuse('guardrail', 'a guardrail forbids it', explainDecision(decision, facts), helpWith(decision)),
      decision: recorded,
    }
  const byRule = rule?.push === 'tap'
  if (!byRule && decision.outcome === 'allow') return undefined
  if (!isPerson)
    return refuse(
      'person-required',
      'it takes a person’s tap',
      `${name} takes a person’s tap, which a program cannot give. Propose it to people instead:`,
      `git push origin HEAD:refs/for/${name}`,
    )
  if (command.newOid === zeroOid)
    return refuse(
      'delete-in-console',
      'it takes a tap',
      `${name} takes a tap for each change, so it is not deleted by a push: delete it on the repository’s page of branches.`,
    )
  if (!BRANCH_REF.test(command.ref))
    return refuse('ref-name', 'this name cannot be sealed', `${name} takes a tap, and no seal can hold this name.`)
  const because = byRule ? `${name} takes a tap for each push.` : explainDecision(decision, facts)
  return { command, question, because, under: JSON.stringify([rule ?? null, digest]) }
}

const refuse = (code: string, reason: string, ...sentences: string[]): Omit<Refusal, 'ref'> => ({
  outcome: 'refuse',
  code,
  reason,
  sentences,
})

export const shortName = (ref: string): string => ref.replace(/^refs\/(heads|tags|for)\//, '')
