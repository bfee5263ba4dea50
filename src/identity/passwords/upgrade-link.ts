import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { conflict } from '../../http/problem.ts'
import { actorOf, type SessionCaller } from '../caller.ts'
import { checkStillHere } from '../ending/check-still-here.ts'
import { createRegistrationLink } from '../registration-links.ts'
import { hasPasskey } from './password-logins.ts'

const tapInstead = () =>
  conflict('has-passkey', 'You have a passkey already.', {
    help: 'Sign in with it: then you can add another one under Account.',
  })

/** Said once more when the link is used: a passkey may have come since, and must not go. @throws 409 */
export async function checkUpgrade(tx: Tx<'user'>, userId: Id<'usr'>): Promise<void> {
  await checkStillHere(tx, userId)
  if (await hasPasskey(tx, userId)) throw tapInstead()
}

/**
 * The way from a session that no passkey began to a first passkey: a link of a quarter of an hour. @throws 409 where its
 * person has a passkey, or this session is one's: a password that was phished must not put a key beside theirs
 */
export async function makeUpgradeLink(
  { database, now }: { database: Database; now: () => number },
  caller: SessionCaller,
): Promise<{ token: string; expiresAt: number }> {
  if (caller.by.credentialRecordId !== null) throw tapInstead()
  return database.write(async (tx) => {
    const at = now()
    await checkUpgrade(tx, caller.id)
    const link = await createRegistrationLink(tx, { purpose: 'upgrade', userId: caller.id, createdBy: caller.id, at })
    await recordEvent(tx, {
      action: 'person.upgrade-link',
      actor: actorOf(caller),
      target: { kind: 'registration-link', id: link.id },
      facts: { person: caller.username },
      at,
    })
    return link
  })
}
