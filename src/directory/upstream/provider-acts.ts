import type { FastifyRequest } from 'fastify'
import type { Db } from '../../database/handles.ts'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import { invalid } from '../../http/problem.ts'
import { checkMayKeep } from '../../identity/kept-groups.ts'
import { isAtLeast } from '../../policy/strength.ts'
import { checkGroups, refuseTaken } from './check-provider.ts'
import { mostWorth } from './claimed-strength.ts'
import type { Openid } from './openid.ts'
import { asColumns, asSettings } from './provider-columns.ts'
import { getProvider } from './providers.ts'
import type { NewProvider, ProviderChanges } from './shapes.ts'
import { UpstreamError } from './upstream-error.ts'

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })

const trustWords: Record<NewProvider['trustsAcr'], string> = {
  none: 'nothing: each sign-in there counts as a password',
  mfa: 'that a second factor was shown',
  phr: 'that a passkey was used, where it says phr or phrh',
}

/** What an owner reads before they tap; what cannot be is refused before. */
export function providerActs(
  db: Db<'identityProvider' | 'userGroup'>,
  openid: Pick<Openid, 'discover'>,
): Record<'add' | 'change' | 'remove', SensitiveAct> {
  return {
    add: {
      name: 'provider.add',
      async describe(request) {
        const wanted = request.body as NewProvider
        const issuer = await getIssuer(openid, wanted.issuer)
        await refuseTaken(db, { ...wanted, issuer })
        checkGroups(wanted)
        for (const name of Object.values(wanted.groupMap)) await checkMayKeep(db, name, '')
        return {
          title: `Let people sign in with ${wanted.name}`,
          rows: [text('Name', wanted.name), text('Issuer', issuer), text('Client', wanted.clientId), ...rowsOf(wanted)],
          warnings: warningsOf(wanted),
        }
      },
    },
    change: {
      name: 'provider.change',
      async describe(request) {
        const provider = await getProvider(db, idOf(request))
        const changes = request.body as ProviderChanges
        await refuseTaken(db, changes, provider.id)
        for (const name of Object.values(changes.groupMap ?? {})) await checkMayKeep(db, name, provider.id)
        const isLess = !isAtLeast(mostWorth(asColumns({ ...asSettings(provider), ...changes })), mostWorth(provider))
        return {
          title: `Change how people sign in with ${provider.name}`,
          rows: [
            text('Issuer', provider.issuer),
            ...(changes.name === undefined ? [] : [text('Its name becomes', changes.name)]),
            ...(changes.clientId === undefined ? [] : [text('Client', changes.clientId)]),
            ...(changes.clientSecret === undefined ? [] : [text('Client secret', 'a new one')]),
            ...(changes.isShown === undefined ? [] : [text('Button on the page to sign in', yes(changes.isShown))]),
            ...rowsOf(changes),
            ...(isLess ? [text('Sessions that count for more', 'end at once')] : []),
          ],
          warnings: warningsOf(changes),
          subjects: [actSubject('identity-provider', provider.id)],
        }
      },
    },
    remove: {
      name: 'provider.remove',
      async describe(request) {
        const provider = await getProvider(db, idOf(request))
        return {
          title: `Remove ${provider.name} as a place to sign in`,
          rows: [
            text('Issuer', provider.issuer),
            text('Sessions that began there', 'end at once'),
            text('Accounts', 'stay; people with a passkey sign in with it'),
            text('Groups that it kept', 'stay as they are, kept by people here'),
          ],
          subjects: [actSubject('identity-provider', provider.id)],
        }
      },
    },
  }
}

/** As it names itself; where it is not that, the owner is told what is wrong. @throws 422 */
export async function getIssuer(openid: Pick<Openid, 'discover'>, given: string): Promise<string> {
  try {
    return (await openid.discover(given.trim())).issuer
  } catch (error) {
    if (error instanceof UpstreamError) throw invalid('issuer', error.message)
    throw error
  }
}

const idOf = (request: FastifyRequest): string => (request.params as { provider: string }).provider
const yes = (is: boolean): string => (is ? 'yes' : 'no')

function rowsOf(settings: ProviderChanges): FactRow[] {
  const { domains, trustsAcr, groupClaim, groupMap, requiredGroup, createsPeople, newPersonRole } = settings
  return [
    ...(domains === undefined ? [] : [text('Domains sent there', domains.join(', ') || 'none')]),
    ...(trustsAcr === undefined ? [] : [text('Believed of how somebody signed in', trustWords[trustsAcr])]),
    ...(settings.demandsLocalPasskey === undefined
      ? []
      : [text('Passkey of this place besides', settings.demandsLocalPasskey ? 'demanded' : 'not demanded')]),
    ...(createsPeople === undefined
      ? []
      : [text('Whoever comes for the first time', createsPeople ? 'gets an account' : 'needs an account here')]),
    ...(newPersonRole === undefined || createsPeople === false ? [] : [text('They come as', `a ${newPersonRole}`)]),
    ...(groupClaim === undefined ? [] : [text('Claim with their groups', groupClaim ?? 'not read')]),
    ...(groupMap === undefined
      ? []
      : Object.entries(groupMap).map(([there, here]) => text(`Its group ${there}`, `becomes ${here}`))),
    ...(requiredGroup === undefined ? [] : [text('Group everybody must be in there', requiredGroup ?? 'none')]),
  ]
}

function warningsOf(settings: ProviderChanges): string[] {
  return [
    ...(settings.createsPeople === true ? ['Whoever controls it decides who gets in at your verified domains.'] : []),
    ...(settings.demandsLocalPasskey === false
      ? ['Without a passkey of this place, whoever controls it can come in as anybody who is joined with it.']
      : []),
    ...(settings.requiredGroup ? ['Who is taken out of that group loses all access here at their next sign-in.'] : []),
  ]
}
