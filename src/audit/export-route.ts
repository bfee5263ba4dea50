import { Readable } from 'node:stream'
import { type Static, Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/handles.ts'
import type { SensitiveAct, TakenSeal } from '../http/access.ts'
import type { App } from '../http/app.ts'
import { invalid } from '../http/problem.ts'
import { countPlaced } from './ledger/count-placed.ts'
import { countEvents, exportLines, recordExport, type Span } from './export.ts'
import type { AuditActor } from './record.ts'

const latestTime = 8_640_000_000_000_000 // the last one that a Date can hold, ECMA-262 §21.4.1.1
const Instant = Type.Integer({ minimum: 0, maximum: latestTime, description: 'milliseconds since the epoch' })
const Wanted = Type.Object({ from: Instant, to: Instant }, { additionalProperties: false })

export interface ExportParts {
  database: Pick<Database, 'read' | 'write'>
  actorOf: (request: FastifyRequest, seal: TakenSeal) => AuditActor
  now: () => number
}

/** The whole record of a span of time, for whoever keeps or checks it elsewhere. No limit but the reader's patience. */
export function exportRoute(app: App, { database, actorOf, now }: ExportParts): void {
  const act: SensitiveAct = {
    name: 'ledger.export',
    async describe(request) {
      const { from, to } = request.body as Static<typeof Wanted>
      if (from > to) throw invalid('to', 'The end lies before the beginning.')
      return {
        title: 'Export the ledger',
        rows: [
          { label: 'From', value: String(from), kind: 'time' },
          { label: 'To', value: String(Math.min(to, now())), kind: 'time' },
          { label: 'Events until now', value: String(await countEvents(database.read, { from, to })), kind: 'text' },
        ],
      }
    },
  }

  app.post('/api/v1/audit/export', {
    config: { access: 'organisation:admin', act },
    schema: {
      body: Wanted,
      description: 'Answers `application/x-ndjson`, oldest first; `postern-event-count` says how many lines to expect.',
    },
    async handler(request, reply) {
      const { span, count } = await database.write(async (tx) => {
        const at = now()
        const seal = await request.takeSeal(tx)
        // What is written from now on, this export's own event first of all, is not in it.
        const { from, to } = request.body
        const placed = await countPlaced(tx)
        const counted: Span = { from, to: Math.min(to, at - 1), placed, isOpen: to >= at }
        const actor = actorOf(request, seal)
        return { span: counted, count: await recordExport(tx, { span: counted, actor, seal: seal.id, at }) }
      })
      return reply
        .header('postern-event-count', count)
        .header('content-disposition', 'attachment; filename="ledger.ndjson"')
        .type('application/x-ndjson')
        .send(Readable.from(exportLines(database.read, span), { objectMode: false, highWaterMark: 64 * 1024 }))
    },
  })
}
