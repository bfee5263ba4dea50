import type { Db } from '../database/handles.ts'
import { listPersonRefs } from '../identity/users.ts'
import { renderSentence } from '../audit/actions.ts'
import { readShownFacts } from '../audit/shown-facts.ts'
import { acts } from '../policy/acts.ts'
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { factsOf } from '../policy/record-decision.ts'
import type { RuleRef } from '../policy/rule.ts'
import { weaker } from '../policy/strength.ts'
import { type JudgedLeaf, type JudgedRow, type Period, readJudged } from './judged-events.ts'
import { namesNetworks } from './named.ts'
import type { ReplayRow } from './shapes.ts'

const farAway = Number.MAX_SAFE_INTEGER - 1

/** What a permission lets in while it holds is the question, as with a deadline; one that is over stays over. */
function withLastingPermissions(policy: CompiledPolicy, to: number): CompiledPolicy {
  if (!policy.policy.rules.some(({ permits }) => permits !== undefined)) return policy
  const rules = policy.policy.rules.map((rule) =>
    rule.permits === undefined || rule.permits.until <= to
      ? rule
      : { ...rule, permits: { ...rule.permits, until: farAway + 1 } },
  )
  return compilePolicy({ ...policy.policy, rules })
}

type Counted = Omit<ReplayRow, 'examples'> & { examples: { row: JudgedRow; leaf: JudgedLeaf }[] }

/**
 * Judges what really happened by another policy, through the same `decide`. Deadlines are taken as passed: what a rule
 * does once it holds is the question.
 * @param broken models whose keys are worth a passkey and no more by then
 */
export async function replay(
  db: Db<'auditEvent' | 'auditPersonal' | 'user'>,
  {
    policy,
    from,
    to,
    examplesPerRow,
    broken = new Set(),
  }: Period & { policy: CompiledPolicy; examplesPerRow: number; broken?: ReadonlySet<string> },
): Promise<{ events: number; rows: ReplayRow[] }> {
  const lasting = withLastingPermissions(policy, to)
  const titles = new Map(policy.policy.rules.map(({ id, title }) => [id, { id, title }]))
  const counted = new Map<string, Counted>()
  let events = 0
  for await (const page of readJudged(db, { from, to }, { withAddress: namesNetworks(policy) }))
    for (const row of page) {
      const leaf = JSON.parse(row.leaf) as JudgedLeaf
      const recorded = factsOf(leaf.decision, farAway, row.address)
      if (recorded === undefined) continue
      const facts = withoutBroken(recorded, broken)
      events += 1
      const { outcome, rule } = decide(lasting, facts)
      const one = rowOf(counted, { act: facts.act, outcome, rule: titles.get(rule) ?? null })
      one.count += 1
      if (outcome !== leaf.decision.outcome) one.changed += 1
      if (one.examples.length < examplesPerRow) one.examples.push({ row, leaf })
    }
  return { events, rows: await withSentences(db, [...counted.values()].sort(byWeight)) }
}

/** The same act by the same key, of which less is believed. */
function withoutBroken(facts: DecisionFacts, broken: ReadonlySet<string>): DecisionFacts {
  const { proof } = facts
  if (!proof?.key?.aaguid || !broken.has(proof.key.aaguid)) return facts
  return { ...facts, proof: { ...proof, strength: weaker(proof.strength, 'passkey') } }
}

function rowOf(
  counted: Map<string, Counted>,
  { act, outcome, rule }: { act: keyof typeof acts; outcome: ReplayRow['outcome']; rule: RuleRef | null },
): Counted {
  const key = `${act} ${outcome} ${rule?.id ?? ''}`
  let found = counted.get(key)
  if (found === undefined) {
    found = { act, words: acts[act], outcome, rule, count: 0, changed: 0, examples: [] }
    counted.set(key, found)
  }
  return found
}

const weight: Record<ReplayRow['outcome'], number> = { deny: 0, 'step-up': 1, allow: 2 }

/** What would be refused first, then what happened most. */
const byWeight = (one: Counted, other: Counted): number =>
  weight[one.outcome] - weight[other.outcome] ||
  other.count - one.count ||
  (`${one.act} ${one.rule?.id ?? ''}` < `${other.act} ${other.rule?.id ?? ''}` ? -1 : 1)

async function withSentences(db: Db<'user' | 'auditPersonal'>, counted: Counted[]): Promise<ReplayRow[]> {
  const actors = counted.flatMap(({ examples }) => examples.map(({ leaf }) => leaf.actor || null))
  const people = await listPersonRefs(db, actors)
  const shown = await readShownFacts(
    db,
    counted.flatMap(({ examples }) => examples.map(({ row, leaf }) => ({ ...row, action: leaf.action }))),
  )
  return counted.map((one) => ({
    ...one,
    examples: one.examples.map(({ row, leaf }) => ({
      eventId: row.id,
      occurredAt: row.occurredAt,
      sentence: renderSentence(
        leaf.action,
        { ...shown(row.id).facts, actor: people.get(leaf.actor)?.displayName ?? 'Somebody' },
        leaf.decision.rule,
      ),
    })),
  }))
}
