import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordEvent } from '../src/audit/record.ts'
import { openDatabase } from '../src/database/open.ts'
import { replay } from '../src/guardrails/replay.ts'
import { acts, type ActName } from '../src/policy/acts.ts'
import { compilePolicy } from '../src/policy/compile.ts'
import { decide } from '../src/policy/decide.ts'
import type { DecisionFacts } from '../src/policy/facts.ts'
import { recordDecision } from '../src/policy/record-decision.ts'
import { firstPolicy, type Rule } from '../src/policy/rule.ts'
import { ownCpuMs } from './cpu-time.ts'
import { alternate, type Group } from './measure.ts'
import { throwAwayFolder } from './served.ts'

const ruleCount = 200
const decisions = 200_000
const eventCount = 100_000
const names = Object.keys(acts) as ActName[]
const start = 1_790_000_000_000

const pick = <Item>(list: readonly Item[], index: number): Item => list[index % list.length] as Item

/** Rules as an organisation with many of them has: most about some people, some acts, some places. */
const mixedRules = Array.from({ length: ruleCount }, (_, index): Rule => ({
  id: `rule-${index}`,
  title: `Rule ${index}`,
  mode: index % 10 === 0 ? 'report' : 'enforce',
  who: pick(
    [['group:crew'], ['role:admin', 'role:owner'], ['user:ana'], ['repository-role:admin'], ['everyone']],
    index,
  ),
  does: pick(
    [['merge'], ['credential.*'], [pick(names, index)], [pick(names, index * 7), pick(names, index * 3)]],
    index,
  ),
  requires: pick<Rule['requires']>(
    [
      { strength: 'device-bound' },
      { models: { deny: ['synced'] } },
      { strength: 'attested' },
      { networks: ['10.0.0.0/8', '192.0.2.0/24'] },
    ],
    index,
  ),
  ...(index % 3 === 0 ? { where: { repositories: [`rep_${index % 50}`] } } : {}),
}))

/** All of them about everybody and everything. */
const matchingRules = mixedRules.map((rule, index): Rule => ({
  id: rule.id,
  title: rule.title,
  mode: 'enforce',
  who: ['everyone'],
  does: ['*'],
  requires: index % 2 === 0 ? { strength: 'device-bound' } : { networks: ['192.0.2.0/24'] },
}))

const many = Array.from({ length: 1000 }, (_, index): DecisionFacts => {
  const act = pick(names, index)
  return {
    act,
    at: start,
    actor: {
      kind: 'person',
      username: pick(['ana', 'ben', 'cleo', 'dan'], index),
      role: pick(['member', 'admin', 'guest', 'owner'], index >> 2),
      groups: pick([[], ['crew'], ['crew', 'operations']], index),
    },
    place:
      act === 'merge' || act.startsWith('repository.')
        ? {
            projectId: 'prj_1',
            repositoryId: `rep_${index % 50}`,
            branch: 'main',
            role: pick(['write', 'admin'], index),
          }
        : null,
    address: `192.0.2.${index % 200}`,
    proof: {
      strength: pick(['passkey', 'device-bound', 'attested'], index),
      ageSeconds: 0,
      boundToAct: act !== 'session',
      key: { category: pick(['synced', 'platform', 'hardware-key'], index), aaguid: null },
    },
  }
})

const perDecisionUs = (run: (facts: DecisionFacts) => unknown): number =>
  (ownCpuMs(() => {
    for (let index = 0; index < decisions; index++) run(pick(many, index))
  }) *
    1000) /
  decisions

/** The same predicates over the same facts, rule by rule, without saying which rule asked for what. */
function peerOf(rules: readonly Rule[]): (facts: DecisionFacts) => boolean {
  const compiled = compilePolicy({ ...firstPolicy, rules: [...rules] })
  const weight = { password: 0, mfa: 1, passkey: 2, 'device-bound': 3, attested: 4 }
  return (facts) => {
    for (const rule of compiled.byAct.get(facts.act) ?? []) {
      if (rule.rule.mode !== 'enforce' || !rule.matches(facts)) continue
      const { strength, models, networks } = rule.rule.requires
      if (strength !== undefined && weight[facts.proof?.strength ?? 'password'] < weight[strength]) return false
      if (models !== undefined && (!facts.proof?.key || !rule.allowsKey(facts.proof.key))) return false
      if (networks !== undefined && !rule.allowsAddress(facts.address)) return false
    }
    return true
  }
}

/** Deciding by many rules, and judging what happened by a draft: what an administrator waits for. */
export const guardrails: Group = {
  name: 'guardrails',
  does: `decide with ${ruleCount} rules, replay of ${eventCount} events`,
  async run({ rounds, say }) {
    const [mixed, matching] = [mixedRules, matchingRules].map((rules) => compilePolicy({ ...firstPolicy, rules }))
    if (mixed === undefined || matching === undefined) throw new Error('no policy')
    const [mixedPeer, matchingPeer] = [peerOf(mixedRules), peerOf(matchingRules)]
    const decided = await alternate(rounds, {
      mixedPeer: () => perDecisionUs(mixedPeer),
      mixed: () => perDecisionUs((facts) => decide(mixed, facts)),
      matchingPeer: () => perDecisionUs(matchingPeer),
      matching: () => perDecisionUs((facts) => decide(matching, facts)),
    })
    await using folder = await throwAwayFolder(tmpdir())
    const database = await openDatabase(`sqlite:${join(folder.path, 'postern.db')}`)
    const before = compilePolicy(firstPolicy)
    for (let done = 0; done < eventCount; done += 10_000) {
      say(`recording events: ${done} of ${eventCount}`)
      await database.write(async (tx) => {
        for (let index = done; index < done + 10_000; index++) {
          const facts = pick(many, index)
          await recordEvent(tx, {
            action: 'seal.made',
            actor: null,
            target: { kind: 'seal', id: `sea_${index}` },
            facts: { title: `Merge crew/rocket#${index} into main`, credential: 'Desk key', signer: 'ana' },
            personal: { address: facts.address ?? '' },
            decision: recordDecision(before, facts, decide(before, facts)),
            at: start + index * 20,
          })
        }
      })
    }
    const replayed = await alternate(rounds, {
      async ours() {
        const began = process.cpuUsage()
        const { events } = await replay(database.read, {
          policy: mixed,
          from: start,
          to: start + eventCount * 20,
          examplesPerRow: 3,
        })
        if (events !== eventCount) throw new Error(`${events} of ${eventCount} events were replayed`)
        const { user, system } = process.cpuUsage(began)
        return (user + system) / 1e6
      },
    })
    await database.close()
    // At least 200 000 a second.
    const reach = { value: 5 }
    return [
      {
        measured: `\`decide\` with ${ruleCount} rules about some people and acts; CPU`,
        unit: 'µs',
        ours: decided.mixed,
        peer: { name: 'the same predicates, first refusal wins', value: decided.mixedPeer },
        reach,
      },
      {
        measured: `the same where all ${ruleCount} rules match; CPU`,
        unit: 'µs',
        ours: decided.matching,
        peer: { name: 'the same predicates, first refusal wins', value: decided.matchingPeer },
        reach,
      },
      {
        measured: `replay of ${eventCount} ledger events against a draft of ${ruleCount} rules, with addresses; CPU`,
        unit: 's',
        ours: replayed.ours,
        reach: { value: 2 },
      },
    ]
  },
}
