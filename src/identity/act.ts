import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/handles.ts'
import type { TakenSeal } from '../http/access.ts'
import { getActor } from './actor.ts'
import type { Caller } from './caller.ts'

/** Who carries a sensitive act out, and the seal that allows it, to be taken in the transaction of its change. */
export interface Act {
  caller: Caller
  takeSeal: (tx: Parameters<Parameters<Database['write']>[0]>[0]) => Promise<TakenSeal>
  now: () => number
}

export const actOf = (request: FastifyRequest, now: () => number): Act => ({
  caller: getActor(request),
  takeSeal: (tx) => request.takeSeal(tx),
  now,
})
