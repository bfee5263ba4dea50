import { randomBytes } from 'node:crypto'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { conflict, invalid } from '../../http/problem.ts'
import { fromBase32, toBase32 } from '../../protocols/totp/base32.ts'
import { findStep, totpUri } from '../../protocols/totp/totp.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { actorOf, type SessionCaller } from '../caller.ts'

/** RFC 4226 §4, R6: as long as the digest. */
const secretBytes = 20
const purposeOf = (userId: Id<'usr'>): string => `one-time codes ${userId}`

export interface CodeParts {
  database: Database
  secrets: Secrets
  now: () => number
}

/** Whether somebody's codes count. */
export async function hasCodes(db: Db<'totp'>, userId: Id<'usr'>): Promise<boolean> {
  return (await findConfirmed(db, userId)) !== undefined
}

const findConfirmed = (db: Db<'totp'>, userId: Id<'usr'>) =>
  db
    .selectFrom('totp')
    .select(['box', 'lastStep'])
    .where('userId', '=', userId)
    .where('confirmedAt', 'is not', null)
    .executeTakeFirst()

/**
 * A new secret, to be shown once as a QR code; it counts from its first code on. @throws 409 where codes count already:
 * whoever has the password alone must not put their own app in its place
 */
export async function beginCodes(
  { database, secrets }: CodeParts,
  { caller, issuer }: { caller: SessionCaller; issuer: string },
): Promise<{ secret: string; uri: string }> {
  const secret = toBase32(randomBytes(secretBytes))
  const fresh = { box: secrets.seal(secret, purposeOf(caller.id)), confirmedAt: null, lastStep: 0 }
  await database.write(async (tx) => {
    const changed = await tx
      .insertInto('totp')
      .values({ userId: caller.id, ...fresh })
      .onConflict((on) => on.column('userId').doUpdateSet(fresh).where('totp.confirmedAt', 'is', null))
      .executeTakeFirst()
    if (Number(changed.numInsertedOrUpdatedRows ?? 0) === 0)
      throw conflict('codes-known', 'Your app makes codes for this account already.', {
        help: 'Make a passkey instead: then neither password nor code is needed.',
      })
  })
  return { secret, uri: totpUri({ secret, issuer, account: caller.username }) }
}

/** The first code: from now on they count. @throws 422 where it is wrong */
export async function confirmCodes(
  { database, secrets, now }: CodeParts,
  { caller, code }: { caller: SessionCaller; code: string },
): Promise<void> {
  const wrong = (): Error =>
    invalid('code', 'This is not the code that your app shows now. Wait for the next one, and type that.')
  const at = now()
  const row = await database.read
    .selectFrom('totp')
    .select('box')
    .where('userId', '=', caller.id)
    .where('confirmedAt', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw wrong()
  const step = findStep(fromBase32(secrets.open(row.box, purposeOf(caller.id))), code, at)
  if (step === undefined) throw wrong()
  await database.write(async (tx) => {
    const changed = await tx
      .updateTable('totp')
      .set({ confirmedAt: at, lastStep: step })
      .where('userId', '=', caller.id)
      .where('box', '=', row.box)
      .where('confirmedAt', 'is', null)
      .executeTakeFirst()
    if (Number(changed.numUpdatedRows) !== 1) throw wrong()
    await recordEvent(tx, {
      action: 'password.codes-set-up',
      actor: actorOf(caller),
      target: { kind: 'user', id: caller.id },
      facts: { person: caller.username },
      at,
    })
  })
}

/** Whether a code is right now: the step it is of. `none` where the person has no codes; undefined where it is wrong. */
export async function checkCode(
  { database, secrets, now }: CodeParts,
  { userId, code }: { userId: Id<'usr'>; code: string },
): Promise<number | 'none' | undefined> {
  const row = await findConfirmed(database.read, userId)
  if (row === undefined) return 'none'
  const step = findStep(fromBase32(secrets.open(row.box, purposeOf(userId))), code, now())
  return step === undefined || step <= row.lastStep ? undefined : step
}

/** Uses a step up: of two who show the same code at once, one is too late (RFC 6238 §5.2). */
export async function takeStep(tx: Tx<'totp'>, userId: Id<'usr'>, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totp')
    .set({ lastStep: step })
    .where('userId', '=', userId)
    .where('confirmedAt', 'is not', null)
    .where('lastStep', '<', step)
    .executeTakeFirst()
  return Number(numUpdatedRows) === 1
}
