import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AuditActor } from '../audit/record.ts'
import type { Db } from '../database/handles.ts'
import type { SensitiveAct, TakenSeal } from '../http/access.ts'
import type { App } from '../http/app.ts'
import { CursorQuery } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { Page } from '../http/shapes.ts'
import { MAX_BLOB_BYTES } from '../protocols/webauthn/metadata-blob.ts'
import type { Attestation } from './attestation.ts'
import { dayOf, refuseOlder } from './import-metadata.ts'
import { listModels } from './list-models.ts'
import { withMetadataProblems } from './metadata-problem.ts'
import type { MetadataSchedule } from './metadata-schedule.ts'
import { ImportedView, MetadataView, ModelView } from './shapes.ts'

const Upload = Type.Object({
  /** The file as FIDO publishes it. */
  blob: Type.String({
    minLength: 1,
    maxLength: MAX_BLOB_BYTES,
    description: 'the text of a metadata file, at most 20 MB',
  }),
})
// The text is ASCII, so JSON adds a few bytes around it.
const bodyLimit = MAX_BLOB_BYTES + 1024

export function attestationRoutes(
  app: App,
  parts: {
    db: Db<'authenticatorModel'>
    attestation: Attestation
    schedule: Pick<MetadataSchedule, 'url' | 'lastError'>
    now: () => number
    actorOf: (request: FastifyRequest, seal: TakenSeal) => AuditActor
  },
): void {
  const { db, attestation, schedule, now } = parts

  const importIt: SensitiveAct = {
    name: 'metadata.import',
    async describe(request) {
      const { blob: text } = request.body as { blob: string }
      const inForce = await attestation.findState()
      // Nobody should tap for what is refused after it.
      const blob = await withMetadataProblems(async () => {
        const verified = attestation.verifyBlob(text)
        refuseOlder(verified.number, inForce?.number)
        return verified
      })
      return {
        title: `Import FIDO metadata number ${blob.number}`,
        rows: [
          { label: 'In force now', value: inForce === undefined ? 'none' : `number ${inForce.number}`, kind: 'text' },
          { label: 'Authenticator models', value: String(blob.entries.length), kind: 'text' },
          { label: 'Next one due', value: dayOf(blob.nextUpdate), kind: 'text' },
        ],
        subjects: [{ name: 'metadata', digest: { sha256: hash('sha256', text.trim(), 'hex') } }],
      }
    },
  }

  app.get('/api/v1/metadata', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: MetadataView } },
    async handler() {
      return {
        inForce: (await attestation.findState()) ?? null,
        url: schedule.url?.href ?? null,
        lastError: schedule.lastError ?? null,
        refusedStatuses: [...attestation.refuseStatuses],
      }
    },
  })

  app.post('/api/v1/metadata', {
    bodyLimit,
    config: { access: 'organisation:admin', act: importIt },
    schema: { body: Upload, response: { 200: ImportedView } },
    handler: (request) =>
      withMetadataProblems(() =>
        attestation.importBlob(request.body.blob, {
          source: 'upload',
          async by(tx) {
            const seal = await request.takeSeal(tx)
            return { actor: parts.actorOf(request, seal), facts: { seal: seal.id } }
          },
        }),
      ),
  })

  app.get('/api/v1/authenticator-models', {
    config: { access: 'organisation:admin' },
    schema: {
      querystring: Type.Object({ ...CursorQuery, search: Type.Optional(Type.String({ maxLength: 100 })) }),
      response: { 200: Page(ModelView) },
    },
    handler: ({ query: { search, cursor } }) =>
      listModels(db, { search, cursor, refuseStatuses: attestation.refuseStatuses, now: now() }),
  })

  app.get('/api/v1/authenticator-models/:key/icon', {
    config: { access: 'enrolling' },
    schema: { params: Type.Object({ key: Type.String({ maxLength: 40 }) }) },
    async handler(request, reply) {
      const row = await db
        .selectFrom('authenticatorModel')
        .select('icon')
        .where('key', '=', request.params.key)
        .executeTakeFirst()
      if (!row?.icon) throw notFound('This picture')
      return reply
        .type('image/png')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('cache-control', 'private, max-age=86400')
        .send(Buffer.from(row.icon.slice(row.icon.indexOf(',') + 1), 'base64'))
    },
  })
}
