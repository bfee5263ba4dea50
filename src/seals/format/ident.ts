import type { Ident } from './commit.ts'
import { principalOf } from './signer-entry.ts'

/** A person as stock tools print them, at `at` in milliseconds. */
export const identOf = (
  { username, displayName }: { username: string; displayName: string },
  { rpId, at }: { rpId: string; at: number },
): Ident => ({
  name: displayName,
  email: principalOf(username, rpId),
  timestamp: Math.floor(at / 1000),
  offset: '+0000',
})
