import { Type } from 'typebox'
import type { Db } from '../database/handles.ts'
import type { App } from '../http/app.ts'
import { getPlace } from '../repositories/place.ts'
import { InRepository, repositoryRoot } from '../repositories/routes/browse-shapes.ts'
import type { Provenance } from './provenance.ts'
import { SourceAttestation } from './shapes.ts'

const Oid = Type.String({ pattern: '^[0-9a-f]{40}$' })

/** What the instance says of the changes of protected branches, and the key to check it with. */
export function provenanceRoutes(
  app: App,
  { db, provenance }: { db: Db<'sourceAttestation'>; provenance: Pick<Provenance, 'key'> },
): void {
  app.get('/api/v1/source-attestations/key', {
    config: { access: 'public' },
    schema: { response: { 200: Type.Object({ keyId: Type.String(), publicKeyPem: Type.String() }) } },
    handler: async () => ({ keyId: provenance.key.keyId, publicKeyPem: provenance.key.publicKeyPem }),
  })

  app.get(`${repositoryRoot}/commits/:oid/attestations`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object({ ...InRepository, oid: Oid }),
      response: { 200: Type.Object({ items: Type.Array(SourceAttestation) }) },
    },
    async handler(request) {
      const rows = await db
        .selectFrom('sourceAttestation')
        .selectAll()
        .where('repositoryId', '=', getPlace(request).repository.id)
        .where('oid', '=', request.params.oid)
        .orderBy('createdAt')
        .execute()
      return {
        items: rows.map(({ ref, level, createdAt, provenance: source, summary }) => ({
          ref,
          level: `SLSA_SOURCE_LEVEL_${level}`,
          createdAt,
          provenance: JSON.parse(source) as SourceAttestation['provenance'],
          summary: JSON.parse(summary) as SourceAttestation['summary'],
        })),
      }
    },
  })
}
