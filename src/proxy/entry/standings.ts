import { KEY_ENDED } from '../../access-keys/ssh-credential.ts'
import type { UseVerdict } from '../../applications/judge-use.ts'
import type { Bus } from '../../bus/bus.ts'
import type { Caller } from '../../identity/caller.ts'
import { ACCESS_ENDED, SESSION_ENDED } from '../../identity/ending/end-access.ts'
import type { CompiledPolicy } from '../../policy/compile.ts'
import type { Admitted } from '../entry.ts'
import type { Route } from '../route.ts'

/** Nobody's standing is believed for longer without being looked up again. */
export const standingMs = 1_000
/** People that use tools at the same time, on this node. */
const mostKept = 20_000

export type Verdict = Admitted | Exclude<UseVerdict, { outcome: 'allow' }>

/** Who somebody is on one route, and what was said of their requests there, for a moment. */
export interface Standing {
  route: Route
  policy: CompiledPolicy
  address: string
  /** Found for what was open already, which goes on beyond its time: nothing new comes in by it. */
  isAgain: boolean
  caller: Caller
  /** What it is cut with: account, session, session here, or token. */
  endsWith: readonly string[]
  /** Of a session on the host of a route; when it was opened. */
  openedAt: number
  until: number
  /** By class of path and method. */
  verdicts: Map<string, Verdict>
}

export interface Standings {
  /** What is remembered, where nothing of it can have changed but in the last second. */
  recall(
    secret: string,
    of: { route: Route; address: string; policy: CompiledPolicy; isAgain: boolean; at: number },
  ): Standing | undefined
  /** Finds out with `find`, and again where something ended meanwhile: what ends is never remembered as living. */
  learn<Found extends Standing | undefined>(secret: string, find: () => Promise<Found>): Promise<Found>
  /** Whether anything has ended since the count was taken. */
  count(): number
  forget(secret: string): void
  /** Something was committed here that may have ended anybody's. */
  forgetAll(): void
}

export function createStandings({ bus }: { bus: Pick<Bus, 'on'> }): Standings {
  const kept = new Map<string, Standing>()
  let ends = 0
  const end = (id: string): number => {
    ends += 1
    for (const [secret, { endsWith }] of kept) if (endsWith.includes(id)) kept.delete(secret)
    return 0
  }
  for (const topic of [ACCESS_ENDED, SESSION_ENDED, KEY_ENDED]) bus.on(topic, end)

  return {
    recall(secret, { route, address, policy, isAgain, at }) {
      const standing = kept.get(secret)
      return standing !== undefined &&
        standing.route === route &&
        standing.policy === policy &&
        standing.address === address &&
        (isAgain || !standing.isAgain) &&
        at < standing.until &&
        at >= standing.until - standingMs
        ? standing
        : undefined
    },
    async learn(secret, find) {
      for (;;) {
        const before = ends
        const found = await find()
        if (before !== ends) continue
        kept.delete(secret)
        if (found !== undefined) {
          kept.set(secret, found)
          const [oldest] = kept.keys()
          if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
        }
        return found
      }
    },
    count: () => ends,
    forget: (secret) => void kept.delete(secret),
    forgetAll() {
      ends += 1
      kept.clear()
    },
  }
}
