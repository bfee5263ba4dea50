import { recordEvent } from '../../audit/record.ts'
import { conflict, notFound, type ProblemError } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { recordAddress } from '../account-addresses.ts'
import { actorOf } from '../caller.ts'
import { refuseDuringRecovery } from '../recovery/find-recovery.ts'
import { findUserById, plain, type User } from '../users.ts'
import { type AddressParts, sendVerification } from './verify-address.ts'

interface ProfileChange {
  email?: string | undefined
  displayName?: string | undefined
}

export const managedProblem = (what: string): ProblemError =>
  conflict('managed', `Your organisation manages your account, so you cannot ${what} yourself.`, {
    help: 'Ask an administrator.',
  })

/** What a directory keeps it would write again; a domain is only about the address. @throws 409 */
export function checkMayChange({ managedBy }: Pick<User, 'managedBy'>, change: ProfileChange): void {
  if (managedBy === null) return
  if (change.email !== undefined) throw managedProblem('change its address')
  if (change.displayName !== undefined && !managedBy.startsWith('dom_')) throw managedProblem('change its name')
}

/** Leaves out what is as it was. */
export const listChanges = (user: Pick<User, 'email' | 'displayName'>, wanted: ProfileChange): ProfileChange => ({
  ...(wanted.email === undefined || wanted.email === user.email ? {} : { email: wanted.email }),
  ...(wanted.displayName === undefined || wanted.displayName === user.displayName
    ? {}
    : { displayName: plain(wanted.displayName) }),
})

/**
 * One's own name and address. A new address is not verified until the letter that goes there was answered; the former one
 * is told. @throws 409 where somebody else manages the account
 */
export async function changeProfile(
  parts: AddressParts,
  { caller, takeSeal, now }: Act,
  wanted: ProfileChange,
): Promise<void> {
  await parts.database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const user = await findUserById(tx, caller.id)
    if (user === undefined) throw notFound('Your account')
    await refuseDuringRecovery(tx, caller.id)
    const change = listChanges(user, wanted)
    checkMayChange(user, change)
    const { email } = change
    if (email === undefined && change.displayName === undefined) return
    const changed = await tx
      .updateTable('user')
      .set({ ...change, ...(email === undefined ? {} : { emailVerifiedAt: null }) })
      .where('id', '=', user.id)
      .where('state', '=', 'active')
      // A claim that takes hold in the same instant wins.
      .where('managedBy', user.managedBy === null ? 'is' : '=', user.managedBy)
      .executeTakeFirst()
    if (Number(changed.numUpdatedRows) !== 1) throw managedProblem('change it')
    if (email !== undefined) await recordAddress(tx, { id: user.id, email }, { provenAt: null, at })
    await recordEvent(tx, {
      action: 'profile.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: user.id },
      facts: { what: Object.keys(change).map(wordOf).join(' and '), seal: seal.id },
      personal: {
        ...(email === undefined ? {} : { formerEmail: user.email, email }),
        ...(change.displayName === undefined
          ? {}
          : { formerDisplayName: user.displayName, displayName: change.displayName }),
      },
      at,
    })
    if (email === undefined) return
    const { id, username, displayName } = user
    const to = { address: user.email, name: displayName }
    await parts.writeLetter?.(tx, { to, kind: 'address-changed', facts: { username, at } })
    await sendVerification(tx, parts, { id, username, email })
  })
}

const wordOf = (field: string): string => (field === 'email' ? 'address' : 'name')
