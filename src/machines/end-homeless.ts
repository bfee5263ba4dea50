import type { EventFollower } from '../audit/follow-events.ts'
import { endMachineUser } from '../identity/machine-users.ts'
import type { DeployKeyParts } from './deploy-keys/parts.ts'

/**
 * A repository was deleted, and with it the keys and pipelines that came into it: whoever they came in as ends in the same
 * transaction, and what is open there is cut.
 */
export const endHomelessMachines =
  ({ cut }: Pick<DeployKeyParts, 'cut'>): EventFollower =>
  async (tx, { action, at }) => {
    if (action !== 'repository.deleted') return
    const homeless = await tx
      .selectFrom('user')
      .select('id')
      .where('kind', '=', 'system')
      .where('state', '=', 'active')
      .where((eb) =>
        eb.and([
          eb.not(
            eb.exists(eb.selectFrom('deployKey').select('deployKey.id').whereRef('deployKey.userId', '=', 'user.id')),
          ),
          eb.not(
            eb.exists(
              eb
                .selectFrom('workloadTrust')
                .select('workloadTrust.id')
                .whereRef('workloadTrust.userId', '=', 'user.id'),
            ),
          ),
        ]),
      )
      .execute()
    for (const { id } of homeless) {
      await endMachineUser(tx, id)
      await cut(tx, id, at)
    }
  }
