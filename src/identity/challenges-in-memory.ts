import type { ChallengeTable } from '../database/schema.ts'
import { type ChallengeKey, type ChallengeStore, mostOutstanding } from './challenges.ts'

/** For one node: a restart forgets what waited, which costs a person one more click. */
export function challengesInMemory(): ChallengeStore {
  const waiting = new Map<string, ChallengeTable>()

  // All live equally long and a map keeps its order, so the old ones stand first.
  const dropOld = (now: number): void => {
    for (const { id, expiresAt } of waiting.values()) {
      if (expiresAt >= now) return
      waiting.delete(id)
    }
  }
  const find = ({ id, kind, bindingHash }: ChallengeKey): ChallengeTable | undefined => {
    const found = waiting.get(id)
    return found?.kind === kind && found.bindingHash === bindingHash ? found : undefined
  }

  return {
    async put(challenge, now) {
      dropOld(now)
      if (waiting.size >= mostOutstanding) return false
      waiting.set(challenge.id, challenge)
      return true
    },
    find: async (key) => find(key),
    async take(key) {
      const found = find(key)
      if (found !== undefined) waiting.delete(found.id)
      return found
    },
  }
}
