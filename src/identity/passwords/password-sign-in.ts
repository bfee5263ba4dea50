import rateLimit from '@fastify/rate-limit'
import type { RecordedDecision } from '../../audit/decision.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Strength } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import type { DecisionFacts } from '../../policy/facts.ts'
import { enforce } from '../../policy/in-force.ts'
import { permitsAnybody, permittedUntil } from '../../policy/permits.ts'
import { recordDecision } from '../../policy/record-decision.ts'
import { strengthWords } from '../../policy/words.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { checkStillHere } from '../ending/check-still-here.ts'
import { readPolicyActor } from '../policy-actor.ts'
import { createGuessBudget } from '../recovery/guess-budget.ts'
import type { Ceremonies, Client } from '../registration.ts'
import { createSession } from '../sessions.ts'
import { createPasswordHashing, type PasswordHashing } from './hash-password.ts'
import { checkCode, takeStep } from './one-time-codes.ts'
import { isOwnHash } from './password-hash.ts'
import { findBroughtHash, findByName, hasPasskey, type KnownPassword } from './password-logins.ts'
import { findWeakness } from './weak-password.ts'

/** Wrong ones within an hour: for one name and one account, and from one address, behind which an office may sit. */
const mostGuesses = { name: 10, account: 10, address: 100 }

export interface PasswordParts extends Ceremonies {
  secrets: Secrets
  hashing: PasswordHashing
  guesses: Record<'name' | 'account' | 'address', ReturnType<typeof createGuessBudget>>
  /** Compared with where nobody is called so, to take as long. */
  nobodysHash: Promise<string>
}

export function passwordParts({ ceremonies, secrets }: { ceremonies: Ceremonies; secrets: Secrets }): PasswordParts {
  const hashing = createPasswordHashing()
  const { now } = ceremonies
  return {
    ...ceremonies,
    secrets,
    hashing,
    guesses: {
      name: createGuessBudget({ most: mostGuesses.name, now }),
      account: createGuessBudget({ most: mostGuesses.account, now }),
      address: createGuessBudget({ most: mostGuesses.address, now }),
    },
    nobodysHash: hashing.hash('nobody'),
  }
}

/**
 * Begins a session by a password, and a code where its person has set codes up. Wrong name, wrong password, wrong code,
 * not permitted, ended, come from elsewhere: one answer, so that nothing is learned by asking.
 */
export async function signInWithPassword(
  parts: PasswordParts,
  request: { name: string; password: string; code: string; client: Client },
): Promise<{ secret: string; strength: Strength; until: number; mustChange: boolean }> {
  const { database, guesses, now, policy } = parts
  const { client } = request
  // Nothing is computed for strangers where no rule permits a password: the page says so too.
  if (!permitsAnybody(policy.current(), now())) throw refused()
  const known = await findByName(database.read, request.name)
  // As it was typed: that username and address are one person's is not told by what is left of one when the other is used up.
  const name = request.name.trim().toLowerCase().slice(0, 254)
  const address = rateLimit.normalizeIP(client.address, 64)
  takeGuess(parts, { name, address })
  const hasGuess = known === undefined || guesses.account.take(known.id).left !== undefined

  const isRight = await verifyEvenly(parts, known, request.password)
  // Written for everybody: that a refusal takes as long as it does tells nothing either.
  if (known === undefined) return noteRefusal(parts, undefined, { reason: 'nobody is called so', client })
  const refuse = (reason: string, recorded?: RecordedDecision): Promise<never> =>
    noteRefusal(parts, known, { reason, client, ...(recorded === undefined ? {} : { recorded }) })
  if (!isRight) return refuse('wrong password')
  // Said no louder than a wrong password: by which of their names it was guessed is nobody's business.
  if (!hasGuess) return refuse('too many guesses')
  const actor = await readPolicyActor(database.read, known)
  const until = permittedUntil(policy.current(), { at: now(), actor, address: client.address })
  if (until === null) return refuse('no rule permits a password')
  if (await hasPasskey(database.read, known.id)) return refuse('there is a passkey')
  const step = await checkCode(parts, { userId: known.id, code: request.code })
  if (step === undefined) return refuse('wrong code')

  const strength: Strength = step === 'none' ? 'password' : 'mfa'
  const facts: DecisionFacts = {
    act: 'sign-in',
    at: now(),
    actor,
    place: null,
    address: client.address,
    proof: { strength, ageSeconds: 0, boundToAct: true, key: null },
  }
  const decision = enforce(policy, facts)
  const recorded = recordDecision(policy.current(), facts, decision)
  if (decision.outcome === 'deny') return refuse(recorded.rule, recorded)
  const improved = await improve(parts, known, request.password)
  const begun = await database.write(async (tx) => {
    const at = now()
    await checkStillHere(tx, known.id)
    if (step !== 'none' && !(await takeStep(tx, known.id, step))) return undefined
    const { numUpdatedRows } = await tx
      .updateTable('passwordLogin')
      .set({ usedAt: at })
      .where('userId', '=', known.id)
      .where('changedAt', '=', known.changedAt)
      .executeTakeFirst()
    // A passkey came first, and the password went with it; or another password.
    if (Number(numUpdatedRows) === 0) return undefined
    if (improved !== undefined)
      await tx
        .updateTable('passwordLogin')
        .set(improved)
        .where('userId', '=', known.id)
        .where('hash', '=', known.hash)
        .execute()
    const session = await createSession(tx, {
      userId: known.id,
      userGeneration: known.generation,
      credentialRecordId: null,
      method: 'password',
      strength,
      ...client,
      at,
    })
    await recordEvent(tx, {
      action: 'session.started',
      actor: { id: known.id, method: 'password', strength },
      target: { kind: 'session', id: session.id },
      facts: { credential: strengthWords[strength], rule: recorded.rule },
      decision: recorded,
      personal: { address: client.address },
      at,
    })
    const row = await tx
      .selectFrom('passwordLogin')
      .select('mustChange')
      .where('userId', '=', known.id)
      .executeTakeFirst()
    return { secret: session.secret, mustChange: row?.mustChange === 1 }
  })
  if (begun === undefined) return refuse('used already')
  guesses.name.giveBack(name)
  guesses.account.giveBack(known.id)
  guesses.address.giveBack(address)
  return { ...begun, strength, until }
}

/**
 * Computes the same for everybody, known or not: one hash of our own, and one of those that were brought while there are
 * any. So the time of a refusal tells neither who is here nor who was here before.
 */
export async function verifyEvenly(
  { database, hashing, nobodysHash }: Pick<PasswordParts, 'database' | 'hashing' | 'nobodysHash'>,
  known: KnownPassword | undefined,
  password: string,
): Promise<boolean> {
  const isOwn = known !== undefined && isOwnHash(known.hash)
  const brought = known === undefined || isOwn ? await findBroughtHash(database.read) : known.hash
  const isBrought = brought !== undefined && (await hashing.verify(password, brought))
  const isOurs = await hashing.verify(password, isOwn ? known.hash : await nobodysHash)
  if (known === undefined) return false
  return isOwn ? isOurs : isBrought
}

/** Taken before anything is computed; the budget is for passwords alone, so that guessing shuts no passkey out. */
function takeGuess({ guesses }: PasswordParts, { name, address }: { name: string; address: string }): void {
  // One after the other: an address that is out of guesses takes none from anybody.
  for (const take of [() => guesses.address.take(address), () => guesses.name.take(name)]) {
    const taken = take()
    if (taken.left === undefined)
      throw new ProblemError(429, 'too-many-guesses', 'Too many passwords were tried.', {
        help: 'Wait an hour, or use a passkey: that works in any case.',
        expiresAt: taken.openAgainAt,
      })
  }
}

/** At its first use here a password is hashed by our own measure, and looked at while it can be. */
async function improve({ hashing }: PasswordParts, known: KnownPassword, password: string) {
  if (isOwnHash(known.hash)) return undefined
  const weakness = await findWeakness(password, ownWords(known))
  return { hash: await hashing.hash(password), mustChange: weakness === undefined ? (0 as const) : (1 as const) }
}

/** What somebody would try first who knows the person. */
export const ownWords = ({ username, displayName, email }: KnownPassword): string[] => [
  username,
  email,
  ...displayName.split(' '),
  ...email.split('@'),
]

async function noteRefusal(
  { database, now }: PasswordParts,
  known: KnownPassword | undefined,
  { reason, recorded, client }: { reason: string; recorded?: RecordedDecision; client: Client },
): Promise<never> {
  await database.write((tx) =>
    recordEvent(tx, {
      action: 'session.refused',
      actor: null,
      method: 'password',
      target: known === undefined ? { kind: 'instance', id: '1' } : { kind: 'user', id: known.id },
      outcome: 'refused',
      facts: { reason, credential: strengthWords.password },
      ...(recorded === undefined ? {} : { decision: recorded }),
      personal: { address: client.address },
      at: now(),
    }),
  )
  throw refused()
}

const refused = (): ProblemError =>
  new ProblemError(401, 'password-refused', 'This does not sign anybody in.', {
    help: 'Check name, password and code. Passwords are only for those who are moving here; everybody else has a passkey.',
  })
