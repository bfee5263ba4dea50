import { conflict, invalid, type ProblemError } from '../../http/problem.ts'
import type { Settings } from './provider-columns.ts'
import { domainsOf, listProviders } from './providers.ts'

/** What a rule about groups rests on must be read. @throws 422 */
export function checkGroups({
  groupClaim,
  groupMap,
  requiredGroup,
}: Pick<Settings, 'groupClaim' | 'groupMap' | 'requiredGroup'>): void {
  if (groupClaim !== null || (requiredGroup === null && Object.keys(groupMap).length === 0)) return
  throw invalid('groupClaim', 'Say in which claim the groups stand, or name no groups.')
}

/** @throws 409 for a name, an issuer or a domain that another one in use has */
export async function refuseTaken(
  db: Parameters<typeof listProviders>[0],
  wanted: { name?: string | undefined; issuer?: string; domains?: readonly string[] | undefined },
  self?: string,
): Promise<void> {
  const others = (await listProviders(db)).filter(({ id }) => id !== self)
  if (others.some(({ issuer }) => issuer === wanted.issuer)) throw issuerTaken()
  if (others.some(({ name }) => name.toLowerCase() === wanted.name?.toLowerCase()))
    throw conflict('provider-exists', `There is already a place to sign in with the name ${wanted.name}.`, {
      help: 'Choose another name.',
    })
  for (const other of others) {
    const shared = domainsOf(other).find((domain) => wanted.domains?.includes(domain))
    if (shared !== undefined)
      throw conflict('domain-taken', `People at ${shared} are already sent to ${other.name}.`, {
        help: 'Take the domain out there first, or leave it out here.',
      })
  }
}

export const issuerTaken = (): ProblemError =>
  conflict('provider-exists', 'There is already a place to sign in with this issuer.', {
    help: 'Change that one, or end it first.',
  })
