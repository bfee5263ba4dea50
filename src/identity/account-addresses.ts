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
  await insertAddress(tx, { userId: id, addressHash: hashAddress(email), provenAt, formerAt: null })
}

const insertAddress = prepared((tx: Tx<'accountAddress'>, row: AccountAddressTable) =>
  tx.insertInto('accountAddress').values(row),
)

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
  const key = lowered(email)
  const rows = await byAddress(db, { addressHash: hashAddress(email), key })
  return rows
    .map(({ keptHash, provenAt, formerAt, ...user }) => ({
      user,
      // Such a version may also have brought an address back.
      isCurrent: formerAt === null || lowered(user.email) === key,
      isProven:
        keptHash === null
          ? user.emailVerifiedAt !== null || (user.managedBy?.startsWith('dir_') ?? false)
          : provenAt !== null,
    }))
    .toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent))
}

/** Both stores fold the case of ASCII letters alone. */
const lowered = (email: string): string => email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/**
 * In one query, since every account that comes to be asks it. The second half finds what a version from before
 * addresses were kept has written, which may still run beside this one.
 */
const byAddress = prepared(
  (
    db: Db<'accountAddress' | 'user'>,
    { addressHash, key }: { addressHash: AccountAddressTable['addressHash']; key: UserTable['email'] },
  ) =>
    db
      .selectFrom('user')
      .leftJoin('accountAddress', (join) =>
        join.onRef('accountAddress.userId', '=', 'user.id').on('accountAddress.addressHash', '=', addressHash),
      )
      .selectAll('user')
      .select(['accountAddress.addressHash as keptHash', 'provenAt', 'formerAt'])
      .where((eb) =>
        eb(
          'user.id',
          'in',
          eb
            .selectFrom('accountAddress')
            .select('userId')
            .where('addressHash', '=', addressHash)
            .union(
              eb
                .selectFrom('user')
                .select('id as userId')
                .where((inner) => inner(inner.fn<string>('lower', ['email']), '=', key)),
            ),
        ),
      )
      .where('user.kind', '=', 'person')
      .orderBy('user.createdAt'),
)

/** Whose access ended while or after this address was shown to be theirs. */
export const hasEnded = ({ user, isProven }: AddressHolder): boolean => user.state === 'ended' && isProven
