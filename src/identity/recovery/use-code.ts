import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import { invalid, ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import { getSetting } from '../settings.ts'
import type { User } from '../users.ts'
import { type Begun, beginRecovery, type RecoveryStops } from './begin-recovery.ts'
import type { GuessBudget } from './guess-budget.ts'
import { parseRecoveryCode } from './recovery-codes.ts'

const hourMs = 3_600_000

/**
 * Begins a recovery with one of a person's codes. Name and code are looked up together, in one query, so that a name
 * nobody has is answered as a wrong code is, in as much time. @throws 403 for every pair that does not hold, 429 after
 * too many of one name
 */
export async function useRecoveryCode(
  {
    database,
    budget,
    stops,
    now,
  }: { database: Database; budget: GuessBudget; stops: RecoveryStops; now: () => number },
  given: { name: string; code: string; address: string; onLastGuess: (name: string) => void },
): Promise<Begun> {
  const code = parseRecoveryCode(given.code)
  if (code === undefined)
    throw invalid('code', 'A recovery code has 16 letters and digits, such as K7QM-2F9X-0HNA-4T5B.')
  const name = given.name.trim().toLowerCase()
  const guess = budget.take(name)
  if (guess.left === undefined) throw tooManyCodes(guess.openAgainAt - now())
  const codeHash = hashSecret(code)
  const user = await findOwner(database, { name, codeHash })
  if (user === undefined) {
    if (guess.left === 0) given.onLastGuess(name)
    throw wrongCode()
  }
  budget.giveBack(name)
  return database.write(async (tx) => {
    const at = now()
    const { recovery, token } = await beginRecovery(tx, stops, {
      user,
      kind: 'code',
      delayMs: (await getSetting(tx, 'recoveryDelayHours')) * hourMs,
      startedBy: null,
      sealId: null,
      address: given.address,
      how: 'one of their recovery codes was used',
      at,
    })
    // Of two that use one code at once, one gets it; for the other nothing of this has happened.
    const used = await tx
      .updateTable('recoveryCode')
      .set({ usedBy: recovery.id })
      .where('codeHash', '=', codeHash)
      .where('usedBy', 'is', null)
      .where('voidedAt', 'is', null)
      .returning('codeHash')
      .executeTakeFirst()
    if (used === undefined) throw wrongCode()
    return { recovery, token }
  })
}

/** Whose code this is, if it is theirs by the name or the address they gave, unused, and they are still here. */
function findOwner(
  database: Database,
  { name, codeHash }: { name: string; codeHash: string },
): Promise<User | undefined> {
  return database.read
    .selectFrom('recoveryCode')
    .innerJoin('user', 'user.id', 'recoveryCode.userId')
    .selectAll('user')
    .where('recoveryCode.codeHash', '=', codeHash)
    .where('recoveryCode.usedBy', 'is', null)
    .where('recoveryCode.voidedAt', 'is', null)
    .where('user.state', '=', 'active')
    .where((eb) => eb.or([eb('user.username', '=', name), eb(eb.fn<string>('lower', ['user.email']), '=', name)]))
    .executeTakeFirst()
}

/**
 * Written after the answer, so that its time says nothing about the name, and of names that are nobody's too, as everybody may
 * ask how large the ledger is. Once for each hour's worth of guesses.
 */
export async function noteGuessing(
  database: Database,
  { name, count, address, at }: { name: string; count: number; address: string; at: number },
): Promise<void> {
  const user = await database.read
    .selectFrom('user')
    .select(['id', 'username'])
    .where((eb) => eb.or([eb('username', '=', name), eb(eb.fn<string>('lower', ['email']), '=', name)]))
    .where('state', '=', 'active')
    .orderBy('id')
    .executeTakeFirst()
  await database.write((tx) =>
    recordEvent(tx, {
      action: 'recovery.guessed',
      actor: null,
      target: user === undefined ? { kind: 'instance', id: '1' } : { kind: 'user', id: user.id },
      outcome: 'refused',
      facts: { person: user?.username ?? 'nobody', count },
      personal: { address },
      at,
    }),
  )
}

const wrongCode = (): ProblemError =>
  new ProblemError(403, 'recovery-refused', 'This name and this code do not belong together, or the code was used.', {
    help: 'Look at your list again: codes of an older list no longer work. An administrator can also let you back in.',
  })

const tooManyCodes = (waitMs: number): ProblemError => {
  const minutes = Math.max(1, Math.ceil(waitMs / 60_000))
  return new ProblemError(429, 'too-many-codes', 'Too many wrong codes were tried for this name.', {
    help: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or ask an administrator to let you back in. Passkeys work as ever.`,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  })
}
