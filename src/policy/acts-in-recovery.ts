import type { ActName } from './acts.ts'
import type { DecisionFacts } from './facts.ts'

/**
 * What somebody may do who has come in by a recovery that a former passkey can still cancel: their work, and what takes
 * power away from what is theirs. All else gives power, or hides what was done with it, and would outlive the cancelling.
 */
const allowed: ReadonlySet<ActName> = new Set<ActName>([
  'sign-in',
  'session',
  'registration',
  'token.use',
  'ssh.use',
  'push',
  'tag',
  'merge',
  'approve',
  'credential.add',
  'credential.rename',
  'credential.remove',
  'token.end',
  'ssh-key.end',
  'oauth.end',
  'identity.unlink',
])

export const isHeldBack = ({ act, actor, at }: Pick<DecisionFacts, 'act' | 'actor' | 'at'>): boolean =>
  actor.recoveringUntil !== undefined && at < actor.recoveringUntil && !allowed.has(act)
