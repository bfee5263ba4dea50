import { recordEvent } from '../../audit/record.ts'
import { type Database, orUniqueViolation, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import { conflict } from '../../http/problem.ts'
import { newSecret } from '../../http/secret.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { releasePeople } from '../../identity/release-managed.ts'
import { parseDomainName } from './domain-name.ts'
import { getDomain } from './find-domain.ts'

/** @throws 409 where it is here, 422 where it is no domain of one organisation */
export async function addDomain(database: Database, { caller, takeSeal, now }: Act, given: string): Promise<Id<'dom'>> {
  const name = parseDomainName(given)
  try {
    return await database.write(async (tx) => {
      const at = now()
      const seal = await takeSeal(tx)
      const id = newId('dom')
      const nothing = { verifiedBy: null, verifiedAt: null, checkedAt: null, failingSince: null, lastError: null }
      const row = { id, name, token: newSecret(), state: 'waiting' as const, createdAt: at, createdBy: caller.id }
      await orUniqueViolation(
        tx
          .insertInto('domain')
          .values({ ...row, ...nothing })
          .execute(),
      )
      await recordEvent(tx, {
        action: 'domain.added',
        actor: actorOf(caller, seal),
        target: { kind: 'domain', id },
        facts: { domain: name, seal: seal.id },
        at,
      })
      return id
    })
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw conflict('domain-known', `${name} is in the list already.`, { help: 'Go on with it there.' })
    throw error
  }
}

/** Whom it managed manage themselves from then on; whom it wanted to manage stay as they are. Nobody's access ends. */
export async function removeDomain(database: Database, { caller, takeSeal, now }: Act, id: string): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const domain = await getDomain(tx, id)
    const withdrawn = await tx
      .updateTable('domainClaim')
      .set({ state: 'withdrawn', decidedAt: at, decidedBy: caller.id })
      .where('domainId', '=', domain.id)
      .where('state', 'in', ['noticed', 'objected'])
      .executeTakeFirst()
    const released = await releasePeople(tx, domain.id)
    await tx.deleteFrom('domain').where('id', '=', domain.id).execute()
    await recordEvent(tx, {
      action: 'domain.removed',
      actor: actorOf(caller, seal),
      target: { kind: 'domain', id: domain.id },
      facts: { domain: domain.name, seal: seal.id, released, withdrawn: Number(withdrawn.numUpdatedRows) },
      at,
    })
  })
}
