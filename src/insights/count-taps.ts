import { acts, isActName } from '../policy/acts.ts'
import type { CountedEvent } from './read-events.ts'
import type { Insights, TapRow } from './shapes.ts'

/** Counts `seal.made` by the act that was sealed, and `seal.refused`. */
export function countTaps(): { add(event: CountedEvent): void; read(): Insights['taps'] } {
  const counted = new Map<string, TapRow>()
  let made = 0
  let refused = 0
  return {
    add({ action, facts, decision }) {
      if (action === 'seal.refused') {
        refused += 1
        return
      }
      made += 1
      const act = decision?.act ?? String(facts['act'])
      const row = counted.get(act)
      if (row === undefined) counted.set(act, { act, words: isActName(act) ? acts[act] : act, count: 1 })
      else row.count += 1
    },
    read: () => ({ made, refused, rows: [...counted.values()].sort((one, other) => other.count - one.count) }),
  }
}
