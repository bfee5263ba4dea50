import type { CompiledPolicy } from '../policy/compile.ts'
import type { RuleRef } from '../policy/rule.ts'
import { judgeBearer, judgeEntry, judgeKeys, judgeTokens, type Probe, type Refusal } from './probe.ts'
import type { Standing } from './standings.ts'
import { judgeSshKeys, tellLostSshKeys } from './judge-ssh.ts'
import { tellMissing } from './tell.ts'

export interface Loss {
  rule: RuleRef | null
  clause: string
  /** They would not get in at all. */
  isEntry: boolean
}

/**
 * The first thing the person can do before and could not do after; getting in comes first.
 * @param former how they stand before: with keys that may be worth more than after
 */
export async function findLoss(
  probes: readonly Probe[],
  {
    before,
    policy,
    former,
    standing,
    at,
    when,
    breathe,
  }: {
    before: CompiledPolicy
    policy: CompiledPolicy
    former: Standing
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
  const isAgent = standing.actor.kind === 'agent'
  const judge = isAgent ? judgeBearer : judgeKeys
  const entry = isAgent ? undefined : judgeEntry(policy, standing, { at: when, address })
  if (entry !== undefined)
    return judgeEntry(before, former, { at, address }) === undefined ? loss(entry, true) : undefined
  for (const probe of probes) {
    await breathe()
    if (probe.act === 'sign-in' || probe.act === 'session') continue
    if (probe.act === 'token.use') {
      const refusal = judgeTokens(policy, standing, { at: when })
      if (refusal !== undefined && judgeTokens(before, former, { at }) === undefined)
        return loss(refusal, false, `the API token “${refusal.token}” is refused`)
      continue
    }
    if (probe.act === 'ssh.use') {
      const refused = new Set(judgeSshKeys(before, former, at).map(({ sshKey }) => sshKey))
      const lost = judgeSshKeys(policy, standing, when).filter(({ sshKey }) => !refused.has(sshKey))
      if (lost[0] !== undefined) return loss(lost[0], false, tellLostSshKeys(lost, standing.sshKeys))
      continue
    }
    const refusal = judge(policy, standing, probe, { at: when, address })
    if (refusal !== undefined && judge(before, former, probe, { at, address }) === undefined)
      return loss(refusal, false)
  }
  return undefined
}
