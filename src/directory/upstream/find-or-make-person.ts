import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { ExternalIdentityTable, TableName } from '../../database/schema.ts'
import { hasEnded, listHolders } from '../../identity/account-addresses.ts'
import { isOnlyWritten, releaseAddress } from '../../identity/profile/release-address.ts'
import { getSetting } from '../../identity/settings.ts'
import { createUser, findUserById, type User } from '../../identity/users.ts'
import { findDomainOfAddress } from '../domains/find-domain.ts'
import { freeUsername } from './free-username.ts'
import type { Provider } from './openid.ts'
import type { ProvenIdentity } from './proven-identity.ts'
import { domainsOf } from './providers.ts'
import { UpstreamError } from './upstream-error.ts'

export interface Joined {
  user: User
  link: ExternalIdentityTable
}

const dayMs = 86_400_000

export const findLink = (
  db: Db<'externalIdentity'>,
  { issuer, subject }: Pick<ProvenIdentity, 'issuer' | 'subject'>,
): Promise<ExternalIdentityTable | undefined> =>
  db
    .selectFrom('externalIdentity')
    .selectAll()
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()

/** Whom this identity is joined with, by issuer and subject, whatever address it shows by now. */
export async function findJoined(
  tx: Db<'externalIdentity' | 'user'>,
  identity: Pick<ProvenIdentity, 'issuer' | 'subject'>,
): Promise<Joined | undefined> {
  const link = await findLink(tx, identity)
  const user = link && (await findUserById(tx, link.userId))
  return link && user && { link, user }
}

/**
 * Somebody who comes for the first time: the account at their address where the organisation manages it, else a new
 * one. Only for an address that the provider vouches for, at a domain of its own that is verified here; an account that
 * somebody manages themselves is joined by them alone, and one whose person only wrote the address loses it, since anybody
 * could keep a colleague out by it. Nobody whose access ended comes again by an address of then, whoever else has written it since.
 * @throws UpstreamError
 */
export async function joinByAddress(
  tx: Tx<TableName>,
  { provider, identity, at }: { provider: Provider; identity: ProvenIdentity; at: number },
): Promise<Joined> {
  if (provider.createsPeople === 0)
    throw new UpstreamError('not-known', 'Nobody here is joined with this account, and it makes no new ones.')
  const { address } = identity
  if (address === undefined)
    throw new UpstreamError('address-unverified', 'It does not say that the address of this account is verified.')
  const domain = await findDomainOfAddress(tx, address)
  if (domain?.state !== 'verified' || !domainsOf(provider).includes(domain.name))
    throw new UpstreamError(
      'domain-not-verified',
      `${domain?.name ?? 'The domain of the address'} is not verified here, or not one of those that are sent there.`,
    )
  const holders = await listHolders(tx, address)
  const there = holders.filter(({ user, isCurrent }) => isCurrent && user.state === 'active')
  // An administrator who lets them in again makes an account that is here.
  if (there.every(isOnlyWritten) && holders.some(hasEnded))
    throw new UpstreamError('access-ended', 'The access of whoever has, or had, this address here has ended.')
  const [known, second] = there.filter((holder) => !isOnlyWritten(holder)).map(({ user }) => user)
  const written = holders.filter(isOnlyWritten).map(({ user }) => user)
  const release = async () => {
    for (const user of written) await releaseAddress(tx, user, { broughtBy: provider.name, at })
  }
  if (known === undefined) {
    await release()
    return makePerson(tx, { provider, identity, address, domainId: domain.id, at })
  }
  // Anybody can write an address into their account, and a directory into anybody's: who has come in there already joins
  // the two themselves, unless they have shown that the address is theirs.
  const isManaged = known.managedBy === domain.id || (known.managedBy?.startsWith('dir_') ?? false)
  const isTheirs = known.emailVerifiedAt !== null || !(await hasComeIn(tx, known.id))
  if (second !== undefined || !isManaged || !isTheirs) throw accountExists()
  if (await hasOther(tx, known.id, provider))
    throw new UpstreamError('address-taken', 'Whoever has this address here is joined with another account there.')
  await release()
  const link = await insertLink(tx, { provider, identity, user: known, by: 'domain', at })
  await recordEvent(tx, {
    action: 'identity.linked',
    actor: null,
    method: 'upstream',
    target: { kind: 'user', id: known.id },
    facts: { person: known.username, provider: provider.name, issuer: identity.issuer, by: 'domain' },
    personal: { subject: identity.subject, label: identity.label },
    at,
  })
  return { user: known, link }
}

const accountExists = (): UpstreamError =>
  new UpstreamError('account-exists', 'Somebody here has this address and manages their account themselves.')

/** Whether there is a passkey or a password by which somebody is in that account already. */
async function hasComeIn(tx: Db<'credentialRecord' | 'passwordLogin'>, userId: Id<'usr'>): Promise<boolean> {
  const passkey = await tx.selectFrom('credentialRecord').select('id').where('userId', '=', userId).executeTakeFirst()
  const password = await tx.selectFrom('passwordLogin').select('userId').where('userId', '=', userId).executeTakeFirst()
  return passkey !== undefined || password !== undefined
}

const hasOther = (tx: Db<'externalIdentity'>, userId: Id<'usr'>, { issuer }: Provider): Promise<boolean> =>
  tx
    .selectFrom('externalIdentity')
    .select('id')
    .where('userId', '=', userId)
    .where('issuer', '=', issuer)
    .executeTakeFirst()
    .then((row) => row !== undefined)

async function makePerson(
  tx: Tx<TableName>,
  {
    provider,
    identity,
    address,
    domainId,
    at,
  }: { provider: Provider; identity: ProvenIdentity; address: string; domainId: Id<'dom'>; at: number },
): Promise<Joined> {
  const isGuest = provider.newPersonRole === 'guest'
  const user = await createUser(tx, {
    username: await freeUsername(tx, address),
    displayName: identity.displayName,
    email: address,
    role: provider.newPersonRole,
    createdBy: null,
    managedBy: domainId,
    ...(isGuest ? { endsAt: at + (await getSetting(tx, 'guestDays')) * dayMs, sponsorId: provider.createdBy } : {}),
    at,
  })
  await recordEvent(tx, {
    action: 'person.arrived',
    actor: null,
    method: 'upstream',
    target: { kind: 'user', id: user.id },
    facts: { person: user.username, provider: provider.name, role: user.role, domain: domainId },
    personal: { displayName: user.displayName, email: user.email },
    at,
  })
  return { user, link: await insertLink(tx, { provider, identity, user, by: 'domain', at }) }
}

/** Joins the two; whoever of two at once comes second fails by the unique index. */
export async function insertLink(
  tx: Tx<TableName>,
  {
    provider,
    identity,
    user,
    by,
    at,
  }: {
    provider: Pick<Provider, 'id'>
    identity: Pick<ProvenIdentity, 'issuer' | 'subject' | 'label'>
    user: Pick<User, 'id'>
    by: ExternalIdentityTable['linkedBy']
    at: number
  },
): Promise<ExternalIdentityTable> {
  const link: ExternalIdentityTable = {
    id: newId('eid'),
    providerId: provider.id,
    issuer: identity.issuer,
    subject: identity.subject,
    userId: user.id,
    label: identity.label,
    linkedBy: by,
    linkedAt: at,
    lastSignInAt: null,
    endedAt: null,
    endedWith: null,
    broughtEnd: null,
  }
  await tx.insertInto('externalIdentity').values(link).execute()
  return link
}
