import type { EventFollower } from '../../audit/follow-events.ts'
import { endByItself } from './end-deploy-keys.ts'
import type { DeployKeyParts } from './parts.ts'

/**
 * Somebody has shown that a key is theirs: a deploy key with the same, which never came in, was shown by nobody and ends.
 * Otherwise whoever knows a public key could keep its owner from using it.
 */
export const yieldToPerson =
  ({ cut }: Pick<DeployKeyParts, 'cut'>): EventFollower =>
  async (tx, { action, facts = {}, at }) => {
    if (action !== 'ssh-key.added') return
    const unproven = await tx
      .selectFrom('deployKey')
      .select('id')
      .where('fingerprint', '=', String(facts['fingerprint']))
      .where('endedAt', 'is', null)
      .executeTakeFirst()
    if (unproven === undefined) return
    const reason = 'somebody has shown that this key is their own'
    await endByItself(tx, unproven.id, { at, endedBy: 'owner', reason, actor: null, cut })
  }
