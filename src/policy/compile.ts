import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { RepositoryRole } from '../database/schema.ts'
import { type ActName, acts } from './acts.ts'
import type { CompiledRule } from './compiled-rule.ts'
import type { ActPlace, DecisionFacts, PolicyActor } from './facts.ts'
import { compileGlob } from './glob.ts'
import { compileNetworks, type NetworkMatch } from './networks.ts'
import { guestTokenDays } from './guest-floor.ts'
import { floorOf, join, type Requirement } from './requirement.ts'
import type { Policy, Rule } from './rule.ts'

export interface CompiledPolicy {
  policy: Policy
  /** `sha256:<hex>` over the floor and all rules: which policy a statement was made under. */
  digest: string
  /** Whether any rule asks in which groups people are. */
  namesGroups: boolean
  /** Rules that are not switched off, by the acts they name. */
  byAct: ReadonlyMap<ActName, readonly CompiledRule[]>
  /** The same for `decide`: what is asked of everybody in any case, joined once, and the rules that depend on the facts. */
  prepared: ReadonlyMap<ActName, PreparedAct>
}

export interface PreparedAct {
  always: Requirement
  depending: readonly CompiledRule[]
  /** Rules that lower the floor for some, where the act is one whose floor can be lowered. */
  permitting: readonly CompiledRule[]
}

/** Reads a policy once for many decisions. It is already validated. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  // Rules with the same networks share one answer, which is remembered for the address asked last.
  const networks = new Map<string, NetworkMatch>()
  const networksOf = (ranges: readonly string[]): NetworkMatch => {
    const key = ranges.join(' ')
    const match = networks.get(key) ?? compileNetworks(ranges)
    networks.set(key, match)
    return match
  }
  const live = policy.rules.filter(({ mode }) => mode !== 'off').map((rule) => compileRule(rule, networksOf))
  const names = Object.keys(acts) as ActName[]
  const { $schema: _, ...said } = policy
  const floor = Object.fromEntries(names.map((act) => [act, floorOf(act)]))
  const byAct = new Map(
    names.map((act) => [
      act,
      // What is asked to sign in is asked of every session: a rule made today bites in those begun yesterday.
      live.filter(({ rule }) => namesAct(rule, act) || (act === 'session' && namesAct(rule, 'sign-in'))),
    ]),
  )
  return {
    policy,
    digest: `sha256:${hash('sha256', canonicalize({ floor, guestTokenDays, ...said }) ?? '', 'hex')}`,
    namesGroups: live.some(({ rule }) => rule.who.some((one) => one.startsWith('group:'))),
    byAct,
    prepared: new Map([...byAct].map(([act, rules]) => [act, prepare(act, rules)])),
  }
}

function prepare(act: ActName, named: readonly CompiledRule[]): PreparedAct {
  const always = floorOf(act)
  const permitting = named.filter(({ rule }) => rule.permits !== undefined)
  const rules = named.filter(({ rule }) => rule.permits === undefined)
  // A floor that may be lower for somebody is no floor to join anything into beforehand.
  if (permitting.length > 0) return { always, depending: rules, permitting }
  for (const compiled of rules) if (holdsAlways(compiled)) join(always, compiled)
  return { always, depending: rules.filter((compiled) => !holdsAlways(compiled)), permitting }
}

const holdsAlways = ({ rule: { mode, enforceFrom, who, where } }: CompiledRule): boolean =>
  mode === 'enforce' && enforceFrom === undefined && where === undefined && who.includes('everyone')

/** `merge`, `credential.*` or `*`. */
export const namesAct = ({ does }: Pick<Rule, 'does'>, act: ActName): boolean =>
  does.some((name) => name === act || name === '*' || (name.endsWith('.*') && act.startsWith(name.slice(0, -1))))

/** Rules that stand beside the policy: what one application asks for itself. */
export const compileRules = (rules: readonly Rule[]): CompiledRule[] =>
  rules.map((rule) => compileRule(rule, compileNetworks))

function compileRule(rule: Rule, networksOf: (ranges: readonly string[]) => NetworkMatch): CompiledRule {
  const isWho = compileWho(rule.who)
  const isWhere = compileWhere(rule.where)
  const isUse = compileUse(rule.where)
  const fromThere = rule.where?.networks === undefined ? () => true : networksOf(rule.where.networks)
  const { allow, deny } = rule.requires.models ?? {}
  const has = (terms: readonly string[], key: { category: string; aaguid: string | null }): boolean =>
    terms.includes(key.category) || (key.aaguid !== null && terms.includes(key.aaguid))
  const concerns = (actor: PolicyActor, place: ActPlace | null): boolean => isWho(actor, place) && isWhere(place)
  return {
    rule,
    ref: { id: rule.id, title: rule.title },
    concerns,
    matches: (facts) => concerns(facts.actor, facts.place) && isUse(facts.use) && fromThere(facts.address),
    allowsAddress: rule.requires.networks === undefined ? () => true : networksOf(rule.requires.networks),
    allowsKey: (key) => (allow === undefined || has(allow, key)) && !has(deny ?? [], key),
  }
}

const roles: readonly RepositoryRole[] = ['read', 'write', 'admin']

function compileWho(who: readonly string[]): (actor: PolicyActor, place: ActPlace | null) => boolean {
  const named = (kind: string): Set<string> =>
    new Set(who.flatMap((one) => (one.startsWith(`${kind}:`) ? [one.slice(kind.length + 1)] : [])))
  const [users, groups, organisation] = [named('user'), named('group'), named('role')]
  const least = Math.min(...[...named('repository-role')].map((role) => roles.indexOf(role as RepositoryRole)))
  const [everyone, agents] = [who.includes('everyone'), who.includes('agents')]
  // `role:guest` is also what agents and machines come in as.
  const [people, guests] = [who.includes('people'), who.includes('guests')]
  return (actor, place) =>
    everyone ||
    (agents && actor.kind === 'agent') ||
    (actor.kind === 'person' && (people || (guests && actor.role === 'guest'))) ||
    organisation.has(actor.role) ||
    users.has(actor.username) ||
    (groups.size > 0 && actor.groups.some((group) => groups.has(group))) ||
    (place !== null && place.role !== null && roles.indexOf(place.role) >= least)
}

function compileWhere(where: Rule['where']): (place: ActPlace | null) => boolean {
  const places = where?.repositories === undefined ? undefined : new Set(where.repositories)
  const branches = where?.branches?.map(compileGlob)
  if (places === undefined && branches === undefined) return () => true
  return (place) => {
    if (place === null) return false
    const { repositoryId, projectId, branch } = place
    if (places !== undefined && !places.has(projectId) && !(repositoryId !== null && places.has(repositoryId)))
      return false
    return branches === undefined || (branch !== null && branches.some((isBranch) => isBranch(branch)))
  }
}

function compileUse(where: Rule['where']): (use: DecisionFacts['use']) => boolean {
  const { applications, paths, methods } = where ?? {}
  if (applications === undefined && paths === undefined && methods === undefined) return () => true
  const named = applications && new Set(applications)
  const globs = paths?.map(compileGlob)
  return (use) =>
    use !== undefined &&
    (named === undefined || named.has(use.application)) &&
    (globs === undefined || (use.path !== null && globs.some((isPath) => isPath(use.path ?? '')))) &&
    (methods === undefined || (use.method !== null && namesMethod(methods, use.method)))
}

/** RFC 9110 §9.3.2: HEAD asks for the same as GET, and tools answer it by doing the same. */
export const namesMethod = (methods: readonly string[], method: string): boolean =>
  methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
