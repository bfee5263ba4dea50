import { isDeepStrictEqual } from 'node:util'
import type { ActName } from '../policy/acts.ts'
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import type { ActPlace } from '../policy/facts.ts'
import type { RuleRef } from '../policy/rule.ts'
import { createBreaks } from './breaks.ts'
import { listWhere } from './may-do.ts'
import { liveRules, namedSubjects } from './named.ts'
import { judgeEntry, judgeKeys, judgeTokens, type Probe, type Refusal } from './probe.ts'
import type { AffectedPerson, Explanation } from './shapes.ts'
import { readStandings, type Standing, type StandingDb } from './standings.ts'
import { asSentence, tellDay, tellMissing } from './tell.ts'

const mostShown = 100

type Verdict = Omit<AffectedPerson, 'person'>

/** Whom the new and changed rules of a policy concern, and what they mean for each with the keys they have today. */
export async function listAffected(
  db: StandingDb,
  { before, after, at }: { before: CompiledPolicy; after: CompiledPolicy; at: number },
): Promise<Explanation['people']> {
  const standings = await readStandings(db, { policies: [before, after], at })
  const judgePerson = createJudge({ before, after, at })
  const sameKey = createSameKey([before, after])
  // People whom no rule tells apart share one verdict.
  const known = new Map<string, Verdict | undefined>()
  const breathe = createBreaks()
  const affected: AffectedPerson[] = []
  for (const standing of standings) {
    await breathe()
    const key = sameKey(standing)
    if (!known.has(key)) known.set(key, await judgePerson(standing, breathe))
    const verdict = known.get(key)
    if (verdict !== undefined) affected.push({ person: standing.person, ...verdict })
  }
  const count = (outcome: AffectedPerson['outcome']): number =>
    affected.filter((one) => one.outcome === outcome).length
  return {
    total: standings.length,
    affected: affected.length,
    lockedOut: count('locked-out'),
    limited: count('limited'),
    reminded: count('reminded'),
    items: affected.sort((one, other) => order[one.outcome] - order[other.outcome]).slice(0, mostShown),
  }
}

const order: Record<AffectedPerson['outcome'], number> = { 'locked-out': 0, limited: 1, reminded: 2, fine: 3 }

interface Policies {
  before: CompiledPolicy
  after: CompiledPolicy
  at: number
}

/** Judges one person; undefined where no new or changed rule concerns them. */
function createJudge({ before, after, at }: Policies) {
  const former = new Map(before.policy.rules.map((rule) => [rule.id, rule]))
  const changed = liveRules(after).filter(({ rule }) => !isDeepStrictEqual(former.get(rule.id), rule))
  const actsOf = new Map<CompiledRule, ActName[]>(changed.map((rule) => [rule, []]))
  for (const [act, rules] of after.byAct) for (const rule of rules) actsOf.get(rule)?.push(act)

  const deadline = Math.max(at, ...changed.map(({ rule }) => (rule.mode === 'enforce' ? (rule.enforceFrom ?? 0) : 0)))
  const reported = new Set(changed.flatMap(({ rule }) => (rule.mode === 'report' ? [rule.id] : [])))
  const ifEnforced =
    reported.size === 0
      ? undefined
      : compilePolicy({
          ...after.policy,
          rules: after.policy.rules.map((rule) => (reported.has(rule.id) ? { ...rule, mode: 'enforce' } : rule)),
        })

  return async (standing: Standing, breathe: () => Promise<void> | undefined): Promise<Verdict | undefined> => {
    const probes = new Map<string, Probe>()
    let concerning: CompiledRule | undefined
    const whereOf = createWhere(standing)
    for (const rule of changed)
      for (const probe of probesOf(rule, actsOf.get(rule) ?? [], standing, whereOf)) {
        concerning ??= rule
        const { act, place } = probe
        probes.set(place === null ? act : JSON.stringify(probe), probe)
      }
    if (concerning === undefined) return undefined
    const verdict = { rule: concerning.ref, strength: standing.keys[0]?.strength ?? null }
    if (standing.keys.length === 0) return { ...verdict, outcome: 'fine', sentence: 'There is no passkey yet.' }

    const loses = async (policy: CompiledPolicy, when: number): Promise<Loss | undefined> =>
      findLoss([...probes.values()], { before, policy, standing, at, when, breathe })
    const now = await loses(after, at)
    if (now !== undefined)
      return { ...verdict, rule: now.rule, outcome: now.isEntry ? 'locked-out' : 'limited', sentence: asSentence(now.clause) }
    const later = deadline > at ? await loses(after, deadline) : undefined
    if (later !== undefined) {
      const from = changed.find(({ rule }) => rule.id === later.rule?.id)?.rule.enforceFrom ?? deadline
      return { ...verdict, rule: later.rule, outcome: 'reminded', sentence: `From ${tellDay(from)} on ${later.clause}.` }
    }
    const told = ifEnforced === undefined ? undefined : await loses(ifEnforced, deadline)
    return told === undefined
      ? { ...verdict, outcome: 'fine', sentence: '' }
      : { ...verdict, rule: told.rule, outcome: 'fine', sentence: `Only reported, not enforced: ${told.clause}.` }
  }
}

/** Where somebody can do each act, looked up once for all rules. */
function createWhere({ actor, places }: Standing) {
  const known = new Map<string | undefined, Map<ActName, (ActPlace | null)[]>>()
  return (act: ActName, branch: string | undefined): (ActPlace | null)[] => {
    const ofBranch = known.get(branch) ?? new Map<ActName, (ActPlace | null)[]>()
    known.set(branch, ofBranch)
    const where = ofBranch.get(act) ?? listWhere(act, { role: actor.role, places }, branch)
    ofBranch.set(act, where)
    return where
  }
}

/** One way for each act of a rule in which it concerns this person. */
function probesOf(
  compiled: CompiledRule,
  named: readonly ActName[],
  { actor }: Standing,
  whereOf: ReturnType<typeof createWhere>,
): Probe[] {
  const { who, where } = compiled.rule
  const concernsAnywhere = compiled.concerns(actor, null)
  const dependsOnPlace = where !== undefined || who.some((one) => one.startsWith('repository-role:'))
  if (!concernsAnywhere && !dependsOnPlace) return []
  // A pattern matches itself without its stars.
  const branch = where?.branches?.[0]?.replaceAll('*', '')
  const probes: Probe[] = []
  for (const act of named)
    for (const place of whereOf(act, branch))
      if (place === null ? concernsAnywhere : compiled.concerns(actor, place)) {
        probes.push({ act, place })
        break
      }
  return probes
}

interface Loss {
  rule: RuleRef | null
  clause: string
  isEntry: boolean
}

/** The first thing the person can do before and could not do after; getting in comes first. */
async function findLoss(
  probes: readonly Probe[],
  { before, policy, standing, at, when, breathe }: {
    before: CompiledPolicy
    policy: CompiledPolicy
    standing: Standing
    at: number
    when: number
    breathe: () => Promise<void> | undefined
  },
): Promise<Loss | undefined> {
  const { address, keys } = standing
  const loss = (refusal: Refusal, isEntry: boolean, clause = tellMissing(refusal, keys)): Loss => ({
    rule: refusal.decision.unmet[0]?.rule ?? null,
    clause,
    isEntry,
  })
  const entry = judgeEntry(policy, standing, { at: when, address })
  if (entry !== undefined) return judgeEntry(before, standing, { at, address }) === undefined ? loss(entry, true) : undefined
  for (const probe of probes) {
    await breathe()
    if (probe.act === 'sign-in' || probe.act === 'session') continue
    if (probe.act === 'token.use') {
      const refusal = judgeTokens(policy, standing, { at: when })
      if (refusal !== undefined && judgeTokens(before, standing, { at }) === undefined)
        return loss(refusal, false, `the API token “${refusal.token}” is refused`)
      continue
    }
    const refusal = judgeKeys(policy, standing, probe, { at: when, address })
    if (refusal !== undefined && judgeKeys(before, standing, probe, { at, address }) === undefined)
      return loss(refusal, false)
  }
  return undefined
}

/** Two people of the same key stand the same before every rule of these policies. */
function createSameKey(policies: readonly CompiledPolicy[]): (standing: Standing) => string {
  const users = namedSubjects(policies, 'user')
  const groups = namedSubjects(policies, 'group')
  const namesTokens = policies.some((policy) => (policy.byAct.get('token.use') ?? []).length > 0)
  return ({ actor, keys, address, places, tokens }) =>
    JSON.stringify([
      actor.role,
      users.has(actor.username) ? actor.username : '',
      actor.groups.filter((group) => groups.has(group)),
      [...new Set(keys.map(({ strength, key }) => `${strength} ${key.category} ${key.aaguid ?? ''}`))],
      address,
      places,
      namesTokens ? tokens : [],
    ])
}
