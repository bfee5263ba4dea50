import { isDeepStrictEqual } from 'node:util'
import type { ActName } from '../policy/acts.ts'
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import { createBreaks } from './breaks.ts'
import { findLoss, type Loss } from './find-loss.ts'
import { liveRules } from './named.ts'
import { isOfAgents, type Probe } from './probe.ts'
import { gainsPassword, losesPassword } from './password-verdicts.ts'
import { createWhere, probesOf } from './probes-of.ts'
import { createSameKey } from './same-key.ts'
import type { AffectedPerson, Explanation } from './shapes.ts'
import type { StandingDb } from './read-own.ts'
import { readStandings, type Standing } from './standings.ts'
import { asSentence, tellDay } from './tell.ts'

const mostShown = 100

type Verdict = Omit<AffectedPerson, 'person'>

/**
 * Whom a new policy concerns: by its new and changed rules, and by reports that newly count against the model of a key
 * of theirs, which then is worth less before every rule.
 */
export async function listAffected(
  db: StandingDb,
  { before, after, at }: { before: CompiledPolicy; after: CompiledPolicy; at: number },
): Promise<Explanation['people']> {
  const standings = await readStandings(db, { policies: [before, after], withAgents: true, at })
  const formerOf = await readFormer(db, { before, after, at })
  const judgePerson = createJudge({ before, after, at })
  const sameKey = createSameKey([before, after])
  // People whom no rule tells apart share one verdict.
  const known = new Map<string, Verdict | undefined>()
  const breathe = createBreaks()
  const affected: AffectedPerson[] = []
  for (const standing of standings) {
    await breathe()
    const former = formerOf?.get(standing.person.id) ?? standing
    const key = former === standing ? sameKey(standing) : `${sameKey(former)} ${sameKey(standing)}`
    if (!known.has(key)) known.set(key, await judgePerson(former, standing, breathe))
    const verdict = known.get(key)
    if (verdict !== undefined) affected.push({ person: standing.person, ...verdict })
  }
  const count = (outcome: AffectedPerson['outcome']): number => affected.filter((one) => one.outcome === outcome).length
  return {
    total: standings.length,
    agents: standings.filter(({ actor }) => actor.kind === 'agent').length,
    affected: affected.length,
    lockedOut: count('locked-out'),
    limited: count('limited'),
    reminded: count('reminded'),
    reported: count('reported'),
    permitted: count('permitted'),
    items: affected.sort((one, other) => order[one.outcome] - order[other.outcome]).slice(0, mostShown),
  }
}

const order: Record<AffectedPerson['outcome'], number> = {
  'locked-out': 0,
  limited: 1,
  reminded: 2,
  reported: 3,
  permitted: 4,
  fine: 5,
}

interface Policies {
  before: CompiledPolicy
  after: CompiledPolicy
  at: number
}

/** How people stand by the reports that count before; undefined where the same ones count after. */
async function readFormer(
  db: StandingDb,
  { before, after, at }: Policies,
): Promise<Map<AffectedPerson['person']['id'], Standing> | undefined> {
  const [counted, counts] = [before, after].map(({ policy }) => new Set(policy.refusedModelStatuses))
  if (isDeepStrictEqual(counted, counts)) return undefined
  const former = await readStandings(db, { policies: [after, before], withAgents: true, at })
  return new Map(former.map((standing) => [standing.person.id, standing]))
}

/** What can concern somebody: these rules, until the last of their dates, and with those that only report enforced. */
function scopeOf(after: CompiledPolicy, rules: readonly CompiledRule[], at: number) {
  const reported = new Set(rules.flatMap(({ rule }) => (rule.mode === 'report' ? [rule.id] : [])))
  return {
    rules,
    deadline: Math.max(at, ...rules.map(({ rule }) => (rule.mode === 'enforce' ? (rule.enforceFrom ?? 0) : 0))),
    ifEnforced:
      reported.size === 0
        ? undefined
        : compilePolicy({
            ...after.policy,
            rules: after.policy.rules.map((rule) => (reported.has(rule.id) ? { ...rule, mode: 'enforce' } : rule)),
          }),
  }
}

const brokenModel =
  'A key of theirs is of a model that is reported as broken: it counts for less then, and that is still enough.'

/** Judges one person; undefined where neither a new or changed rule nor a report concerns them. */
function createJudge({ before, after, at }: Policies) {
  const formerRules = new Map(before.policy.rules.map((rule) => [rule.id, rule]))
  const live = liveRules(after)
  const changed = live.filter(({ rule }) => !isDeepStrictEqual(formerRules.get(rule.id), rule))
  const actsOf = new Map<CompiledRule, ActName[]>(live.map((rule) => [rule, []]))
  for (const [act, rules] of after.byAct) for (const rule of rules) actsOf.get(rule)?.push(act)
  const ofChanged = scopeOf(after, changed, at)
  const ofAll = scopeOf(after, live, at)

  return async (
    former: Standing,
    standing: Standing,
    breathe: () => Promise<void> | undefined,
  ): Promise<Verdict | undefined> => {
    const shutOut = losesPassword({ before, after, at }, standing)
    if (shutOut !== undefined) return shutOut
    const isWorthLess = !isDeepStrictEqual([former.keys, former.sshKeys], [standing.keys, standing.sshKeys])
    // A key that is worth less falls short of rules that nobody touched.
    const { rules, deadline, ifEnforced } = isWorthLess ? ofAll : ofChanged
    const probes = new Map<string, Probe>()
    let concerning: CompiledRule | undefined
    const whereOf = createWhere(standing)
    const isAgent = standing.actor.kind === 'agent'
    for (const rule of rules)
      for (const probe of probesOf(rule, actsOf.get(rule) ?? [], standing, whereOf)) {
        if (isAgent && !isOfAgents(probe.act)) continue
        concerning ??= rule
        const { act, place, use } = probe
        probes.set(place === null && use === undefined ? act : JSON.stringify(probe), probe)
      }
    const strength = standing.keys[0]?.strength ?? null
    const held: Verdict = { rule: null, outcome: 'fine', sentence: brokenModel, strength }
    if (concerning === undefined) return isWorthLess ? held : undefined
    const permitted = gainsPassword({ before, after, at }, standing, changed)
    if (permitted !== undefined) return permitted
    const verdict = { rule: concerning.ref, strength }
    if (standing.keys.length === 0 && !isAgent)
      return { ...verdict, outcome: 'fine', sentence: 'There is no passkey yet.' }

    const loses = async (policy: CompiledPolicy, when: number): Promise<Loss | undefined> =>
      findLoss([...probes.values()], { before, policy, former, standing, at, when, breathe })
    const now = await loses(after, at)
    if (now !== undefined)
      return {
        ...verdict,
        rule: now.rule,
        outcome: now.isEntry ? 'locked-out' : 'limited',
        sentence: asSentence(now.clause),
      }
    const later = deadline > at ? await loses(after, deadline) : undefined
    if (later !== undefined) {
      const from = rules.find(({ rule }) => rule.id === later.rule?.id)?.rule.enforceFrom ?? deadline
      return {
        ...verdict,
        rule: later.rule,
        outcome: 'reminded',
        sentence: `From ${tellDay(from)} on ${later.clause}.`,
      }
    }
    const told = ifEnforced === undefined ? undefined : await loses(ifEnforced, deadline)
    if (told === undefined) return isWorthLess ? held : { ...verdict, outcome: 'fine', sentence: '' }
    return { ...verdict, rule: told.rule, outcome: 'reported', sentence: asSentence(told.clause) }
  }
}
