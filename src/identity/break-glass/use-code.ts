import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import { invalid, ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import { checkStillHere } from '../ending/check-still-here.ts'
import type { GuessBudget } from '../recovery/guess-budget.ts'
import { createRegistrationLink } from '../registration-links.ts'
import { parseBreakGlassCode } from './make-code.ts'

/**
 * Breaks the glass: uses the code up and answers with a short-lived link by which its owner registers a passkey. It ends
 * nothing that anybody has and lifts no rule. @throws 403 for a code that does not hold, 429 after too many from one address
 */
export async function useBreakGlassCode(
  { database, budget, now }: { database: Database; budget: GuessBudget; now: () => number },
  given: { code: string; address: string },
): Promise<{ token: string; expiresAt: number }> {
  const code = parseBreakGlassCode(given.code)
  if (code === undefined)
    throw invalid('code', 'A break-glass code has 32 letters and digits, in eight groups of four.')
  const guess = budget.take(given.address)
  if (guess.left === undefined) throw tooMany(guess.openAgainAt - now())
  const codeHash = hashSecret(code)
  const begun = await database.write(async (tx) => {
    const at = now()
    const row = await tx
      .updateTable('breakGlass')
      .set({ usedAt: at, address: given.address })
      .where('codeHash', '=', codeHash)
      .where('usedAt', 'is', null)
      .where('voidedAt', 'is', null)
      // Whoever is no owner any more could repair nothing.
      .where('userId', 'in', (eb) => eb.selectFrom('user').select('user.id').where('user.role', '=', 'owner'))
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return undefined
    await checkStillHere(tx, row.userId)
    const user = await tx.selectFrom('user').select('username').where('id', '=', row.userId).executeTakeFirstOrThrow()
    const link = await createRegistrationLink(tx, { purpose: 'break-glass', userId: row.userId, createdBy: null, at })
    await tx.updateTable('breakGlass').set({ linkId: link.id }).where('id', '=', row.id).execute()
    await recordEvent(tx, {
      action: 'break-glass.used',
      actor: null,
      method: 'link',
      target: { kind: 'break-glass', id: row.id },
      facts: { person: user.username },
      personal: { address: given.address },
      at,
    })
    return { token: link.token, expiresAt: link.expiresAt }
  })
  if (begun !== undefined) {
    budget.giveBack(given.address)
    return begun
  }
  if (guess.left === 0) await noteGuessing(database, { address: given.address, at: now() })
  throw new ProblemError(403, 'break-glass-refused', 'This code is not known here, or was used before.', {
    help: 'Type it as it is printed. Only the newest code of each owner works, and each works once.',
  })
}

export const mostWrongCodes = 5

const noteGuessing = (database: Database, { address, at }: { address: string; at: number }) =>
  database.write((tx) =>
    recordEvent(tx, {
      action: 'break-glass.refused',
      actor: null,
      target: { kind: 'instance', id: '1' },
      outcome: 'refused',
      facts: { count: mostWrongCodes },
      personal: { address },
      at,
    }),
  )

const tooMany = (waitMs: number): ProblemError => {
  const minutes = Math.max(1, Math.ceil(waitMs / 60_000))
  return new ProblemError(429, 'too-many-codes', 'Too many wrong codes came from your address.', {
    help: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or from another network. On the machine itself, \`npm run postern -- admin setup-link\` lets an owner in.`,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  })
}
