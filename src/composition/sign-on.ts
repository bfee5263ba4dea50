import type { ApplicationKinds } from '../applications/application-kind.ts'
import { newSecret } from '../http/secret.ts'
import { createClientCache } from '../sign-on/openid/client-cache.ts'
import { createOpenidKind } from '../sign-on/openid/openid-kind.ts'
import { createSamlKind } from '../sign-on/saml/saml-kind.ts'
import { createSamlKeys } from '../sign-on/saml/signing-keys.ts'
import { createSignOnKeys } from '../sign-on/signing-keys.ts'
import type { Foundations } from './foundations.ts'
import type { ProxyParts } from './proxy.ts'

export type SignOnParts = Awaited<ReturnType<typeof openSignOn>>

/** What says who somebody is to other tools, and every kind of tool there is. */
export async function openSignOn(base: Foundations, route: ProxyParts['kind']) {
  const { database, secrets, outbound, place, origin, now } = base
  const clients = createClientCache({ db: database.read, now })
  base.after((events) => {
    if (events.some(({ action }) => action.startsWith('application.'))) clients.forget()
  })
  const saml = {
    keys: createSamlKeys({ database, secrets, host: place.rpId, now }),
    pseudonymKey: await secrets.getOrCreate('saml-pseudonyms', newSecret),
    origin,
  }
  const kinds: ApplicationKinds = {
    saml: createSamlKind(saml),
    route,
    openid: createOpenidKind({ origin, outbound, now }),
  }
  return { clients, keys: createSignOnKeys({ secrets, wantsRsa: clients.wantsRsa, now }), saml, kinds }
}
