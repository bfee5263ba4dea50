import { recordEvent } from '../audit/record.ts'
import { type Database, orUniqueViolation, UniqueViolation } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { conflict } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import type { ParsedWitness } from './parse-witness.ts'
import { getWitness, listWitnesses } from './witness-rows.ts'

/** All are asked at once, and each checkpoint carries a line of each. */
const most = 10

const unasked = {
  cosignedSize: 0,
  cosignedAt: null,
  cosignature: '',
  problem: null,
  problemSince: null,
  isContradicting: 0,
} as const

/** @throws 409 where it is here already, or too many are */
export async function addWitness(
  database: Database,
  { caller, takeSeal, now }: Act,
  { noteKey: { name }, key, url }: ParsedWitness,
): Promise<Id<'wit'>> {
  const id = newId('wit')
  try {
    await database.write(async (tx) => {
      const at = now()
      const seal = await takeSeal(tx)
      if ((await listWitnesses(tx)).length >= most)
        throw conflict('too-many-witnesses', `There are ${most} witnesses already.`, { help: 'Remove one first.' })
      const row = { id, name, key, url, addedAt: at, addedBy: caller.id, ...unasked }
      await orUniqueViolation(tx.insertInto('witness').values(row).execute())
      await recordEvent(tx, {
        action: 'ledger.witness-added',
        actor: actorOf(caller, seal),
        target: { kind: 'witness', id },
        facts: { witness: name, key, url, seal: seal.id },
        at,
      })
    })
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw conflict('witness-known', `${name} is a witness already.`, {
        help: 'Remove it first, if its address is another now.',
      })
    throw error
  }
  return id
}

/** What it has cosigned stays true; its next line is asked for no more. @throws 404 */
export async function removeWitness(database: Database, { caller, takeSeal, now }: Act, id: string): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const { id: known, name, key } = await getWitness(tx, id)
    await tx.deleteFrom('witness').where('id', '=', known).execute()
    await recordEvent(tx, {
      action: 'ledger.witness-removed',
      actor: actorOf(caller, seal),
      target: { kind: 'witness', id: known },
      facts: { witness: name, key, seal: seal.id },
      at,
    })
  })
}
