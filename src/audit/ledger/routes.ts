import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { conflict, notFound } from '../../http/problem.ts'
import { parseTilePath, tileWidth } from '../../protocols/tlog/tile.ts'
import { LedgerProof, LedgerView } from '../shapes.ts'
import type { Ledger } from './ledger.ts'

/**
 * The ledger for whoever watches it, C2SP tlog-tiles below `/ledger`: hashes and sizes for everybody, what stands in it
 * for administrators alone.
 */
export function ledgerRoutes(app: App, { ledger }: { ledger: Ledger }): void {
  app.get('/ledger/checkpoint', { config: { access: 'public' } }, async (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(await ledger.readCheckpoint()),
  )

  app.get('/ledger/key', { config: { access: 'public' } }, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(`${await ledger.readKey()}\n`),
  )

  app.get('/ledger/tile/*', {
    config: { access: 'public' },
    schema: { params: Type.Object({ '*': Type.String({ maxLength: 100 }) }) },
    async handler(request, reply) {
      const place = parseTilePath(request.params['*'])
      const hashes = place && (await ledger.readTile(place))
      if (hashes === undefined) throw notFound('This tile')
      // What a tree has grown to, it holds; but for a backup that comes back.
      return reply
        .type('application/octet-stream')
        .header('cache-control', `public, max-age=${place?.width === tileWidth ? 86_400 : 60}`)
        .send(hashes)
    },
  })

  app.get('/api/v1/ledger', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: LedgerView } },
    handler: () => ledger.read(),
  })

  app.get('/api/v1/audit/:event/proof', {
    config: { access: 'organisation:admin' },
    schema: {
      params: Type.Object({ event: Type.String({ maxLength: 60 }) }),
      response: { 200: LedgerProof },
    },
    async handler(request) {
      const proof = await ledger.prove(request.params.event)
      if (proof === undefined) throw notFound('This event')
      if (proof === null)
        throw conflict('not-in-ledger', 'This event is not in the ledger yet.', { help: 'Ask again in half a minute.' })
      return proof
    },
  })
}
