import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import type { TableName } from '../../database/schema.ts'
import { listHolders } from '../../identity/account-addresses.ts'
import { isOnlyWritten, releaseAddress } from '../../identity/profile/release-address.ts'
import type { User } from '../../identity/users.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { findDomainOfAddress } from '../domains/find-domain.ts'
import type { PersonAttributes } from './person-attributes.ts'
import type { ScimRequest } from './scim-parts.ts'

export interface AddressJudgement {
  /** An account that the organisation's domain has claimed, and that the connection may take over. */
  adopts: User | undefined
  /** For the column: null where somebody else of this connection holds the address. */
  addressKey: string | null
}

/**
 * Whether a connection may bring somebody with this address. It never takes over an account that its person made: the
 * domain is claimed first, with notice to them. Whoever only wrote the address into their account loses it to the person
 * who is brought: otherwise anybody could keep a colleague out.
 * @throws ScimError 409 `uniqueness`
 */
export async function checkAddress(
  tx: Tx<TableName>,
  { connection, now }: Pick<ScimRequest, 'connection' | 'now'>,
  { email, addressKey }: Pick<PersonAttributes, 'email' | 'addressKey'>,
  own: Id<'usr'> | undefined,
): Promise<AddressJudgement> {
  if (addressKey === null) return { adopts: undefined, addressKey }
  const free = async () => ({ adopts: undefined, addressKey: await freeKey(tx, connection.id, addressKey, own) })
  const others = (await listHolders(tx, email)).filter(({ user, isCurrent }) => isCurrent && user.id !== own)
  const holders = others.filter(({ user }) => user.managedBy !== connection.id)
  if (holders.length === 0) return free()
  const domain = await findDomainOfAddress(tx, email)
  const isOurs = domain?.state === 'verified'
  const foreign = []
  for (const holder of holders)
    if (isOnlyWritten(holder)) await releaseAddress(tx, holder.user, { broughtBy: connection.name, at: now() })
    else foreign.push(holder.user)
  if (foreign.length === 0) return free()
  const claimed = foreign.filter(({ managedBy }) => isOurs && managedBy === domain.id)
  const [adopts] = claimed
  if (own === undefined && adopts !== undefined && claimed.length === foreign.length && claimed.length === 1) {
    // Anybody can write an address into their account: taken over is only one whose person has shown that it is theirs.
    if (adopts.emailVerifiedAt === null)
      throw taken(email, 'Whoever has an account with this address has not verified it. They do that in their account.')
    return { adopts, addressKey: await freeKey(tx, connection.id, addressKey, adopts.id) }
  }
  if (foreign.some(({ managedBy, state }) => managedBy === null && state === 'ended'))
    throw taken(
      email,
      'Somebody with this address was here, and somebody here ended their access. Only they give it back.',
    )
  if (isOurs && foreign.some(({ managedBy, emailVerifiedAt }) => managedBy === null && emailVerifiedAt === null))
    throw taken(
      email,
      'Whoever has an account with this address has never confirmed it. They do that in their account; claim the domain then.',
    )
  if (foreign.some(({ managedBy }) => managedBy === null))
    throw taken(
      email,
      'Somebody has an account with this address that nobody manages. Claim the domain of the address first.',
    )
  throw taken(email, 'Somebody with this address is managed by another directory or domain.')
}

/** Whoever looks after the connection reads the sentence, and not the request. */
const taken = (address: string, detail: string): ScimError => new ScimError(409, `${address}: ${detail}`, 'uniqueness')

/** Rows of connections that are over, or of people who are theirs no more, hold no address. */
async function freeKey(
  tx: Tx<TableName>,
  connectionId: Id<'dir'>,
  addressKey: string,
  own: Id<'usr'> | undefined,
): Promise<string | null> {
  const [holder] = await byAddressKey(tx, { addressKey })
  if (holder === undefined || holder.userId === own) return addressKey
  if (holder.managedBy !== holder.connectionId) {
    await tx.updateTable('scimUser').set({ addressKey: null }).where('userId', '=', holder.userId).execute()
    return addressKey
  }
  if (holder.connectionId === connectionId) return null
  throw taken(addressKey, 'Somebody with this address is managed by another directory.')
}

const byAddressKey = prepared((tx: Tx<'scimUser' | 'user'>, { addressKey }: { addressKey: string }) =>
  tx
    .selectFrom('scimUser')
    .innerJoin('user', 'user.id', 'scimUser.userId')
    .select(['scimUser.userId', 'scimUser.connectionId', 'user.managedBy'])
    .where('addressKey', '=', addressKey),
)
