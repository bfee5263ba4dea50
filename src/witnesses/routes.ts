import { Type } from 'typebox'
import type { Database } from '../database/handles.ts'
import type { App } from '../http/app.ts'
import { actOf } from '../identity/act.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { AskParts } from './ask-witness.ts'
import { addWitness, removeWitness } from './change-witnesses.ts'
import { parseWitness } from './parse-witness.ts'
import { NewWitness, WitnessList } from './shapes.ts'
import { witnessActs } from './witness-acts.ts'
import { viewWitnesses } from './witness-rows.ts'

const root = '/api/v1/ledger/witnesses'

/**
 * `witnesses/` owns who cosigns the ledger’s checkpoints, C2SP tlog-witness, and has them asked. It believes nothing that
 * they answer but a line by their own key, and decides nothing by it.
 */
export function witnessRoutes(
  app: App,
  parts: AskParts & { database: Database; outbound: Pick<Outbound, 'request' | 'checkUrl'> },
): void {
  const { database, outbound, now } = parts
  const acts = witnessActs({ ...parts, db: database.read })
  const view = async (): Promise<WitnessList> => ({ items: await viewWitnesses(database.read) })

  app.get(root, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: WitnessList } },
    handler: view,
  })

  app.post(root, {
    config: { access: 'organisation:owner', act: acts.add },
    schema: { body: NewWitness, response: { 201: WitnessList } },
    async handler(request, reply) {
      await addWitness(database, actOf(request, now), parseWitness(outbound, request.body))
      return reply.code(201).send(await view())
    },
  })

  app.delete(`${root}/:id`, {
    config: { access: 'organisation:owner', act: acts.remove },
    schema: { params: Type.Object({ id: Type.String({ maxLength: 60 }) }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      await removeWitness(database, actOf(request, now), request.params.id)
      return reply.code(204).send(null)
    },
  })
}
