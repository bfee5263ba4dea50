import type { CompiledPolicy } from '../policy/compile.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { judgeFacts, type Refusal } from './probe.ts'
import type { OwnSshKey } from './ssh-standing.ts'
import type { Standing } from './standings.ts'

/** A login by one of their keys; from where is not known. */
export const factsOfSshKey = (
  { actor }: Pick<Standing, 'actor'>,
  { strength, key }: OwnSshKey,
  at: number,
): DecisionFacts => ({
  act: 'ssh.use',
  at,
  actor,
  place: null,
  address: null,
  proof: { strength, ageSeconds: 0, boundToAct: false, key },
})

/** Which of their keys do not let them in over SSH, and why. */
export const judgeSshKeys = (
  policy: CompiledPolicy,
  standing: Pick<Standing, 'actor' | 'sshKeys'>,
  at: number,
): (Refusal & { sshKey: string })[] =>
  standing.sshKeys.flatMap((key) => {
    const refusal = judgeFacts(policy, factsOfSshKey(standing, key, at))
    return refusal === undefined ? [] : [{ ...refusal, sshKey: key.name }]
  })

/** Of keys that worked before and would not after: "the SSH key “laptop” is refused". */
export function tellLostSshKeys(lost: readonly { sshKey: string }[], all: readonly OwnSshKey[]): string {
  const names = lost.map(({ sshKey }) => `“${sshKey}”`).join(', ')
  if (lost.length < all.length) return `the SSH ${lost.length === 1 ? `key ${names} is` : `keys ${names} are`} refused`
  return `nothing lets them in over SSH any more: ${names} ${lost.length === 1 ? 'is' : 'are'} refused`
}
