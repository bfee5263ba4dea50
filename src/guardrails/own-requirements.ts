import type { Caller } from '../identity/caller.ts'
import { acts, type ActName } from '../policy/acts.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { ActPlace } from '../policy/facts.ts'
import { explainDecision } from '../policy/words.ts'
import { listWhere } from './may-do.ts'
import { listEndingPermission } from './password-verdicts.ts'
import { type Circumstance, factsOfProbe, judgeKey, judgeKeys, judgeTokens } from './probe.ts'
import { judgeSshUse, listUpcomingOverSsh } from './own-ssh.ts'
import { readPlaces } from './places.ts'
import type { OwnRequirements } from './shapes.ts'
import type { StandingDb } from './read-own.ts'
import { type OwnKey, readStandings, type Standing } from './standings.ts'

type OwnAct = OwnRequirements['acts'][number]
type Upcoming = OwnRequirements['upcoming'][number]

interface Asked {
  policy: CompiledPolicy
  caller: Pick<Caller, 'id' | 'shortfall'>
  at: number
  address: string
}

/** What the caller's keys allow them from where they are, act by act, and what is missing or will be. */
export async function ownRequirements(
  db: StandingDb,
  { policy, caller, at, address }: Asked,
): Promise<OwnRequirements> {
  const [standing] = await readStandings(db, { policies: [policy], id: caller.id, at })
  if (standing === undefined) return { strength: null, acts: [], upcoming: [], shortfall: null }
  const { pathOf } = await readPlaces(db)
  const names = Object.keys(acts) as ActName[]
  return {
    strength: standing.keys[0]?.strength ?? null,
    acts: names.flatMap((act) => judgeAct(policy, standing, act, { at, address }, pathOf)),
    upcoming: listAllUpcoming(policy, standing, { at, address }),
    shortfall: caller.shortfall && {
      rule: caller.shortfall.rule,
      sentence: caller.shortfall.sentence,
      unvouched: listUnvouched(policy, standing, { at, address }),
    },
  }
}

/** Keys that would do for a session, were it not for the link they came in by. */
function listUnvouched(policy: CompiledPolicy, standing: Standing, circumstance: Circumstance): string[] {
  const would = (key: OwnKey): boolean =>
    judgeKey(policy, standing, key, { act: 'session', place: null }, circumstance) === undefined
  return standing.keys
    .filter((key) => !would(key) && would({ ...key, strength: key.whenVouched }))
    .map(({ name }) => name)
}

/** One row for an act, or one for each group of places where it goes differently. */
function judgeAct(
  policy: CompiledPolicy,
  standing: Standing,
  act: ActName,
  circumstance: Circumstance,
  pathOf: ReadonlyMap<string, string>,
): OwnAct[] {
  if (act === 'token.use') return judgeTokenUse(policy, standing, circumstance)
  if (act === 'ssh.use') return judgeSshUse(policy, standing, circumstance)
  const judged = Map.groupBy(whereOf(policy, standing, act), (place) =>
    JSON.stringify(judgePlace(policy, standing, { act, place }, circumstance)),
  )
  return [...judged].map(([verdict, places]) => ({
    act,
    words: judged.size === 1 ? acts[act] : `${acts[act]} ${tellPlaces(places, pathOf)}`,
    ...(JSON.parse(verdict) as Omit<OwnAct, 'act' | 'words'>),
  }))
}

/** The places to ask about, on a branch of each pattern that a rule names and on one that none names. */
function whereOf(policy: CompiledPolicy, { actor, places }: Standing, act: ActName): (ActPlace | null)[] {
  const patterns = (policy.byAct.get(act) ?? []).flatMap(({ rule }) => rule.where?.branches ?? [])
  const branches = new Set(patterns.slice(0, mostBranches).map((pattern) => pattern.replaceAll('*', '')))
  const where = ['', ...branches].flatMap((branch) => listWhere(act, { role: actor.role, places }, branch))
  return [...new Map(where.map((place) => [JSON.stringify(place), place])).values()]
}

const mostBranches = 20

function judgePlace(
  policy: CompiledPolicy,
  standing: Standing,
  probe: { act: ActName; place: ActPlace | null },
  circumstance: Circumstance,
): Omit<OwnAct, 'act' | 'words'> {
  const refusal = judgeKeys(policy, standing, probe, circumstance)
  return {
    isAllowed: refusal === undefined,
    sentence: refusal === undefined ? '' : explainDecision(refusal.decision, refusal.facts),
    rule: refusal?.decision.unmet[0]?.rule ?? null,
    passkeys: standing.keys.flatMap((key) =>
      judgeKey(policy, standing, key, probe, circumstance) === undefined ? [key.name] : [],
    ),
  }
}

function judgeTokenUse(policy: CompiledPolicy, standing: Standing, circumstance: Circumstance): OwnAct[] {
  if (standing.tokens.length === 0) return []
  const refusal = judgeTokens(policy, standing, circumstance)
  return [
    {
      act: 'token.use',
      words: acts['token.use'],
      isAllowed: refusal === undefined,
      sentence:
        refusal === undefined
          ? ''
          : `The token “${refusal.token}” is refused. ${explainDecision(refusal.decision, refusal.facts)}`,
      rule: refusal?.decision.unmet[0]?.rule ?? null,
      passkeys: [],
    },
  ]
}

const mostNamed = 3

/** "in crew/rocket, on release/": where rules tell places apart, people have to know which. */
function tellPlaces(places: readonly (ActPlace | null)[], pathOf: ReadonlyMap<string, string>): string {
  const told = new Set(
    places.flatMap((place) => {
      if (place === null) return []
      const id = place.repositoryId || place.projectId
      const path = id === '' ? 'other places' : (pathOf.get(id) ?? 'other places')
      return [place.branch ? `${path} on ${place.branch}` : path]
    }),
  )
  const more = told.size - mostNamed
  return `in ${[...told].slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Rules with a date in the future that none of the person's keys meets. */
/** What somebody will need and has not, the nearest date first. */
export function listAllUpcoming(policy: CompiledPolicy, standing: Standing, circumstance: Circumstance): Upcoming[] {
  const found = (Object.keys(acts) as ActName[]).flatMap((act) => listUpcoming(policy, standing, act, circumstance))
  found.push(...listEndingPermission(policy, standing, circumstance))
  // A rule about everything is told once, by the first act it is about: signing in comes first.
  const byRule = new Map(found.reverse().map((one) => [one.rule.id, one]))
  return [...byRule.values()].sort((one, other) => one.enforceFrom - other.enforceFrom)
}

function listUpcoming(
  policy: CompiledPolicy,
  standing: Standing,
  act: ActName,
  circumstance: Circumstance,
): Upcoming[] {
  if (act === 'ssh.use') return listUpcomingOverSsh(policy, standing, circumstance)
  const found = new Map<string, Upcoming>()
  for (const place of whereOf(policy, standing, act)) {
    const byKey = (standing.keys.length === 0 ? [undefined] : standing.keys).map((key) =>
      factsOfProbe(standing, key, { act, place }, circumstance),
    )
    const [first, ...others] = byKey.map((facts) => decide(policy, facts).upcoming)
    for (const { rule, enforceFrom } of first ?? []) {
      if (found.has(rule.id) || !others.every((list) => list.some((one) => one.rule.id === rule.id))) continue
      const [facts] = byKey
      const then = facts && { ...facts, at: enforceFrom }
      if (then === undefined) continue
      const decision = decide(policy, then)
      // Another rule may ask for more by then; this row is about the one with the date.
      const own = decision.unmet.filter((one) => one.rule?.id === rule.id)
      const sentence = explainDecision(own.length === 0 ? decision : { ...decision, unmet: own }, then)
      found.set(rule.id, { rule, sentence, enforceFrom, act })
    }
  }
  return [...found.values()]
}
