import { isDeepStrictEqual } from 'node:util'
import type { ActName } from '../policy/acts.ts'
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import { createBreaks } from './breaks.ts'
import { findLoss, type Loss } from './find-loss.ts'
import { liveRules, namedSubjects } from './named.ts'
import type { Probe } from './probe.ts'
import { gainsPassword, losesPassword } from './password-verdicts.ts'
import { createWhere, probesOf } from './probes-of.ts'
import type { AffectedPerson, Explanation } from './shapes.ts'
import { readStandings, type Standing, type StandingDb } from './standings.ts'
import { asSentence, tellDay } from './tell.ts'

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
  const count = (outcome: AffectedPerson['outcome']): number => affected.filter((one) => one.outcome === outcome).length
  return {
    total: standings.length,
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
    const shutOut = losesPassword({ before, after, at }, standing)
    if (shutOut !== undefined) return shutOut
    const probes = new Map<string, Probe>()
    let concerning: CompiledRule | undefined
    const whereOf = createWhere(standing)
    for (const rule of changed)
      for (const probe of probesOf(rule, actsOf.get(rule) ?? [], standing, whereOf)) {
        concerning ??= rule
        const { act, place, use } = probe
        probes.set(place === null && use === undefined ? act : JSON.stringify(probe), probe)
      }
    if (concerning === undefined) return undefined
    const permitted = gainsPassword({ before, after, at }, standing, changed)
    if (permitted !== undefined) return permitted
    const verdict = { rule: concerning.ref, strength: standing.keys[0]?.strength ?? null }
    if (standing.keys.length === 0) return { ...verdict, outcome: 'fine', sentence: 'There is no passkey yet.' }

    const loses = async (policy: CompiledPolicy, when: number): Promise<Loss | undefined> =>
      findLoss([...probes.values()], { before, policy, standing, at, when, breathe })
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
      const from = changed.find(({ rule }) => rule.id === later.rule?.id)?.rule.enforceFrom ?? deadline
      return {
        ...verdict,
        rule: later.rule,
        outcome: 'reminded',
        sentence: `From ${tellDay(from)} on ${later.clause}.`,
      }
    }
    const told = ifEnforced === undefined ? undefined : await loses(ifEnforced, deadline)
    return told === undefined
      ? { ...verdict, outcome: 'fine', sentence: '' }
      : { ...verdict, rule: told.rule, outcome: 'reported', sentence: asSentence(told.clause) }
  }
}

/** Two people of the same key stand the same before every rule of these policies. */
function createSameKey(policies: readonly CompiledPolicy[]): (standing: Standing) => string {
  const users = namedSubjects(policies, 'user')
  const groups = namedSubjects(policies, 'group')
  const namesSsh = policies.some((policy) => (policy.byAct.get('ssh.use') ?? []).length > 0)
  const namesTokens = policies.some((policy) => (policy.byAct.get('token.use') ?? []).length > 0)
  return ({ actor, keys, address, places, tokens, sshKeys, password }) =>
    JSON.stringify([
      actor.role,
      users.has(actor.username) ? actor.username : '',
      actor.groups.filter((group) => groups.has(group)),
      [
        ...new Set(
          keys.map(
            ({ strength, whenVouched, key }) => `${strength} ${whenVouched} ${key.category} ${key.aaguid ?? ''}`,
          ),
        ),
      ],
      address,
      places,
      namesTokens ? tokens : [],
      namesSsh ? sshKeys : [],
      password,
    ])
}
