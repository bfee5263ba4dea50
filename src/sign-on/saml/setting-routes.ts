import { X509Certificate } from 'node:crypto'
import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { invalid, ProblemError } from '../../http/problem.ts'
import { actOf } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { type Outbound, OutboundError } from '../../outbound/outbound.ts'
import { parseSpMetadata } from '../../protocols/saml/parse-sp-metadata.ts'
import { SamlError } from '../../protocols/saml/saml-error.ts'
import { SamlSettings } from './saml-settings.ts'
import { maxMetadataBytes as maxBytes, MetadataSource, SamlCertificates } from './shapes.ts'
import type { SamlKeys } from './signing-keys.ts'

const root = '/api/v1/saml'
const dayMs = 86_400_000

/** What administrators look up and change beside the settings of each application. */
export function settingRoutes(
  app: App,
  { database, outbound, keys, now }: { database: Database; outbound: Outbound; keys: SamlKeys; now: () => number },
): void {
  app.post(`${root}/read-metadata`, {
    config: { access: 'organisation:admin' },
    bodyLimit: maxBytes * 2,
    schema: { body: MetadataSource, response: { 200: SamlSettings } },
    async handler(request): Promise<SamlSettings> {
      const { xml, url } = request.body
      if ((xml === undefined) === (url === undefined)) throw invalid('xml', 'Give the metadata itself, or its address.')
      return settingsFrom(xml ?? (await fetchMetadata(outbound, url ?? '')))
    },
  })

  const view = async (): Promise<SamlCertificates> => ({
    items: (await keys.list()).map(({ number, certificate, signsFrom }) => {
      const { fingerprint256, validToDate } = new X509Certificate(certificate)
      return { number, certificate, fingerprint: fingerprint256, expiresAt: validToDate.getTime(), signsFrom }
    }),
  })

  app.get(`${root}/certificates`, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: SamlCertificates } },
    handler: view,
  })

  const rollOver: SensitiveAct = {
    name: 'application.change',
    async describe() {
      const [signing, next] = (await view()).items
      const isNew = now() - ((await keys.list())[1]?.createdAt ?? 0) < dayMs
      return {
        title: 'Sign what applications are told by SAML with the next certificate',
        rows: [
          { label: 'Until now', value: signing?.fingerprint ?? '', kind: 'digest' },
          { label: 'From now on', value: next?.fingerprint ?? '', kind: 'digest' },
        ],
        // Whoever taps a moment later would go on to one that nobody has read yet.
        subjects: [actSubject('certificate', next?.fingerprint ?? '')],
        warnings: [
          'Applications that were given one certificate by hand let nobody in until they have the next one.',
          ...(isNew
            ? ['The next one was made less than a day ago: applications that read it now and then may not have it yet.']
            : []),
        ],
      }
    },
  }

  app.post(`${root}/certificates/roll-over`, {
    config: { access: 'organisation:admin', act: rollOver },
    schema: { response: { 200: SamlCertificates } },
    async handler(request) {
      const { caller, takeSeal } = actOf(request, now)
      await keys.list()
      await database.write(async (tx) => {
        const seal = await takeSeal(tx)
        const at = now()
        const { number, certificate } = await keys.rollOver(tx, at)
        const { fingerprint256 } = new X509Certificate(certificate)
        await recordEvent(tx, {
          action: 'saml.rolled-over',
          actor: actorOf(caller, seal),
          target: { kind: 'saml-certificate', id: String(number) },
          facts: { certificate: fingerprint256, seal: seal.id },
          at,
        })
      })
      return view()
    },
  })
}

/** What the form begins with; nobody is bound to it. */
function settingsFrom(xml: string): SamlSettings {
  try {
    const { entityId, acsUrls, signsRequests, certificate, nameId } = parseSpMetadata(xml)
    return {
      entityId,
      acsUrls,
      certificate,
      requireSignedRequests: signsRequests && certificate !== null,
      ...(nameId === null ? {} : { nameId }),
    }
  } catch (error) {
    if (error instanceof SamlError) throw invalid('xml', sentences[error.code] ?? sentences.malformed)
    throw error
  }
}

const sentences = {
  malformed: 'This cannot be read as metadata. Paste all of it, from the first < to the last >.',
  doctype: 'This brings declarations of its own, which metadata has no need of.',
  'too-large': 'This is too large for the metadata of one application.',
  unsupported: 'This is not the metadata of one application that takes answers by POST.',
} as Record<SamlError['code'], string> & { malformed: string }

async function fetchMetadata(outbound: Outbound, url: string): Promise<string> {
  try {
    const { status, body, isCut } = await outbound.request(url, { maxResponseBytes: maxBytes, timeoutMs: 10_000 })
    if (status === 200 && !isCut) return body.toString()
    throw new ProblemError(502, 'not-reached', `${url} answered with ${status}.`, {
      help: 'Open it in a browser, and paste what is there.',
    })
  } catch (error) {
    if (error instanceof OutboundError) throw invalid('url', error.message)
    throw error
  }
}
