import type { Db, Tx } from '../database/handles.ts'
import { prepared } from '../database/prepared.ts'
import type { AccountAddressTable, UserTable } from '../database/schema.ts'
import { hashSecret } from '../http/secret.ts'
import { foldAddress } from './fold-address.ts'

/** An account that has, or had, an address. */
export interface AddressHolder {
  user: UserTable
  isCurrent: boolean
  /** It was shown to be theirs, at whatever time; otherwise they only wrote it, as anybody could. */
  isProven: boolean
}

const hashAddress = (email: string): string => hashSecret(foldAddress(email))

/** The first address of an account that comes to be. */
export async function recordFirstAddress(
  tx: Tx<'accountAddress'>,
  { id, email }: Pick<UserTable, 'id' | 'email'>,
  provenAt: number | null,
): Promise<void> {
  if (email === '') return
  const row = { userId: id, addressHash: hashAddress(email), provenAt, formerAt: null }
  await tx.insertInto('accountAddress').values(row).execute()
}

/**
 * Beside every change of `user.email`: the one of today, or none. What was before stays known, and that it was proven:
 * whether it is today says `user.emailVerifiedAt` alone.
 */
export async function recordAddress(
  tx: Tx<'accountAddress'>,
  { id, email }: Pick<UserTable, 'id' | 'email'>,
  { provenAt, at }: { provenAt: number | null; at: number },
): Promise<void> {
  await tx
    .updateTable('accountAddress')
    .set({ formerAt: at })
    .where('userId', '=', id)
    .where('formerAt', 'is', null)
    .execute()
  if (email === '') return
  const row = { userId: id, addressHash: hashAddress(email), provenAt, formerAt: null }
  await tx
    .insertInto('accountAddress')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['userId', 'addressHash'])
        .doUpdateSet({ formerAt: null, ...(provenAt === null ? {} : { provenAt }) }),
    )
    .execute()
}

/** Its person has shown that the address of today is theirs. */
export async function recordProof(
  tx: Tx<'accountAddress'>,
  { id, email }: Pick<UserTable, 'id' | 'email'>,
  at: number,
): Promise<void> {
  await tx
    .updateTable('accountAddress')
    .set({ provenAt: at })
    .where('userId', '=', id)
    .where('addressHash', '=', hashAddress(email))
    .execute()
}

/** Everybody who has or had this address, in whatever spelling; those who have it first. */
export async function listHolders(db: Db<'accountAddress' | 'user'>, email: string): Promise<AddressHolder[]> {
  const rows = await byHash(db, { addressHash: hashAddress(email) })
  // Written by a version from before addresses were kept, which may still run beside this one.
  const unkept = await byAddress(db, { key: email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) })
  const known = new Set(rows.filter(({ formerAt }) => formerAt === null).map(({ id }) => id))
  const holders = [
    ...rows.map(({ provenAt, formerAt, ...user }) => ({
      user,
      isCurrent: formerAt === null,
      isProven: provenAt !== null,
    })),
    ...unkept
      .filter(({ id }) => !known.has(id))
      .map((user) => ({
        user,
        isCurrent: true,
        isProven: user.emailVerifiedAt !== null || (user.managedBy?.startsWith('dir_') ?? false),
      })),
  ]
  return holders.toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent))
}

const byHash = prepared(
  (db: Db<'accountAddress' | 'user'>, { addressHash }: Pick<AccountAddressTable, 'addressHash'>) =>
    db
      .selectFrom('accountAddress')
      .innerJoin('user', 'user.id', 'accountAddress.userId')
      .selectAll('user')
      .select(['provenAt', 'formerAt'])
      .where('addressHash', '=', addressHash)
      .where('user.kind', '=', 'person')
      .orderBy('user.createdAt'),
)

/** Both stores fold the case of ASCII letters alone. */
const byAddress = prepared((db: Db<'user'>, { key }: { key: UserTable['email'] }) =>
  db
    .selectFrom('user')
    .selectAll()
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', key))
    .where('kind', '=', 'person')
    .orderBy('createdAt'),
)

/** Whose access ended while or after this address was shown to be theirs. */
export const hasEnded = ({ user, isProven }: AddressHolder): boolean => user.state === 'ended' && isProven
