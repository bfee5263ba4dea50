import { Type } from 'typebox'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { actOf } from '../../identity/act.ts'
import { getCaller, getPerson } from '../../identity/caller.ts'
import type { Ceremonies } from '../../identity/registration.ts'
import { getSetting } from '../../identity/settings.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import { endCertificate, renderCertificateView } from './certificates.ts'
import { getHours, getSubject, writeCertificate } from './write-certificate.ts'
import { issueForGrant } from './issue-for-grant.ts'
import { listWithPrograms } from './list-with-programs.ts'
import { renderRevocationList } from './revocation-list.ts'
import { CertificateAuthorityView, CertificateIssued, CertificateView, NewCertificate } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })

/** What a certificate lets its owner do, where it is they who ask for it. */
const ownScopes = ['repository:read', 'repository:write']

/**
 * SSH certificates: what a person comes in with for some hours after one tap. They are asked for in the browser, or by a
 * program that was just allowed to; nothing here says what their bearer may do.
 */
export function certificateRoutes(
  app: App,
  parts: {
    ceremonies: Ceremonies
    authority: CertificateAuthority
    /** Cuts what is open by a certificate, on each node, once the transaction has committed. */
    cut: (tx: Tx<'busHead' | 'busMessage'>, id: Id<'sct'>, at: number) => Promise<unknown>
  },
): void {
  const { ceremonies, authority, cut } = parts
  const { database, now, place } = ceremonies
  const host = place.rpId
  const signing = { authority, host }

  const issue: SensitiveAct = {
    name: 'certificate.issue',
    async describe(request) {
      const body = request.body as NewCertificate
      const { fingerprint, type } = getSubject(body)
      const hours = await getHours(database.read, body)
      return {
        title: `Get an SSH certificate for ${hours} ${hours === 1 ? 'hour' : 'hours'}`,
        rows: [
          { label: 'Key', value: fingerprint, kind: 'text' },
          { label: 'Of the type', value: type, kind: 'text' },
          { label: 'May', value: 'fetch from and push to every repository that you reach', kind: 'text' },
        ],
        warnings: ['Whoever holds this key comes in as you until then.'],
      }
    },
  }

  app.get('/api/v1/ssh/ca', {
    config: { access: 'public' },
    schema: { response: { 200: CertificateAuthorityView } },
    async handler() {
      return {
        publicKey: `ssh-ed25519 ${authority.publicKey.toString('base64')} ${host}`,
        fingerprint: authority.fingerprint,
        principal: `%u@${host}`,
        revoked: `${place.origin}/api/v1/ssh/revoked`,
        hours: await getSetting(database.read, 'certificateHours'),
      }
    },
  })

  app.get('/api/v1/ssh/revoked', {
    config: { access: 'public' },
    async handler(_, reply) {
      const list = await renderRevocationList(database.read, signing, now())
      return reply.type('application/octet-stream').header('cache-control', 'no-cache').send(list)
    },
  })

  app.get('/api/v1/me/ssh/certificates', {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ items: Type.Array(CertificateView) }) } },
    async handler(request) {
      return { items: await listWithPrograms(database.read, getPerson(request).id, now()) }
    },
  })

  app.post('/api/v1/me/ssh/certificates', {
    config: { access: 'person', act: issue },
    schema: { body: NewCertificate, response: { 200: CertificateIssued } },
    async handler(request) {
      const { caller, takeSeal } = actOf(request, now)
      const subject = getSubject(request.body)
      const { row, line } = await database.write(async (tx) => {
        const { id } = await takeSeal(tx)
        const tap = await tx.selectFrom('seal').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
        const hours = await getHours(tx, request.body)
        const at = now()
        const wanted = { caller, subject, hours, tap, scopes: ownScopes, repositoryIds: null, grantId: null, at }
        return writeCertificate(tx, signing, wanted)
      })
      return { certificate: renderCertificateView(row, null), line }
    },
  })

  app.post('/api/v1/ssh/certificates', {
    config: { access: 'user' },
    schema: { body: NewCertificate, response: { 200: CertificateIssued } },
    async handler(request) {
      const { row, line, program } = await issueForGrant(ceremonies, signing, getCaller(request), request.body)
      return { certificate: renderCertificateView(row, program), line }
    },
  })

  app.delete('/api/v1/me/ssh/certificates/:id', {
    config: { access: 'person' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { id } = request.params
      await endCertificate(database, { caller: getPerson(request), id, at: now(), cut })
      return reply.code(204).send(null)
    },
  })
}
