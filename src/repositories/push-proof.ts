import type { Caller } from '../identity/caller.ts'
import type { Proof } from '../policy/facts.ts'
import { isAtLeast } from '../policy/strength.ts'

/** As long ago as no rule asks: nobody tapped for it. */
const neverSeconds = 1_000_000_000

/**
 * What whoever pushes has proven so far. A connection over SSH counts from the touch that began it, for each push anew; a
 * secret, a key in a file and a deploy key are no tap, however new they are.
 */
export const pushProof = (caller: Pick<Caller, 'strength' | 'authenticatedAt' | 'by'>, at: number): Proof => ({
  strength: caller.strength,
  ageSeconds: hasTapped(caller) ? Math.max(0, (at - caller.authenticatedAt) / 1000) : neverSeconds,
  boundToAct: false,
  key: 'key' in caller.by ? caller.by.key : null,
})

function hasTapped({ by, strength }: Pick<Caller, 'strength' | 'by'>): boolean {
  switch (by.kind) {
    case 'session':
      return isAtLeast(strength, 'passkey')
    case 'ssh-key':
      return by.touch?.userPresence === true
    // It counts from the tap that made it, or from the touch of the key it is about.
    case 'ssh-certificate':
      return true
    default:
      return false
  }
}
