import { acts } from '../policy/acts.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import { explainDecision } from '../policy/words.ts'
import type { Circumstance } from './probe.ts'
import type { OwnRequirements } from './shapes.ts'
import { factsOfSshKey, judgeSshKeys } from './judge-ssh.ts'
import type { Standing } from './standings.ts'

/** Whether somebody's own SSH keys let them in, one row for all; none where they have no key. */
export function judgeSshUse(
  policy: CompiledPolicy,
  standing: Standing,
  { at }: Pick<Circumstance, 'at'>,
): OwnRequirements['acts'] {
  if (standing.sshKeys.length === 0) return []
  const [refusal] = judgeSshKeys(policy, standing, at)
  return [
    {
      act: 'ssh.use',
      words: acts['ssh.use'],
      isAllowed: refusal === undefined,
      sentence:
        refusal === undefined
          ? ''
          : `The SSH key “${refusal.sshKey}” is refused. ${explainDecision(refusal.decision, refusal.facts)}`,
      rule: refusal?.decision.unmet[0]?.rule ?? null,
      passkeys: [],
    },
  ]
}

/** What each of their keys will lack: one that still does is of no help on another machine. */
export const listUpcomingOverSsh = (
  policy: CompiledPolicy,
  standing: Standing,
  { at }: Pick<Circumstance, 'at'>,
): OwnRequirements['upcoming'] =>
  standing.sshKeys.flatMap((key) => {
    const facts = factsOfSshKey(standing, key, at)
    return decide(policy, facts).upcoming.flatMap(({ rule, enforceFrom, unmet }) => {
      // From where they will come is not known.
      if (unmet.every(({ part }) => part === 'networks')) return []
      const then = { ...facts, at: enforceFrom }
      const why = explainDecision({ ...decide(policy, then), unmet }, then)
      return [{ rule, sentence: `The SSH key “${key.name}” will be refused. ${why}`, enforceFrom, act: 'ssh.use' }]
    })
  })
