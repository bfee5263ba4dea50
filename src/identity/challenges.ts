import { hash, randomBytes } from 'node:crypto'
import type { Database } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { ChallengeTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { WebauthnError } from '../protocols/webauthn/webauthn-error.ts'

export type ChallengeKind = ChallengeTable['kind']

export interface IssuedChallenge {
  id: Id<'cer'>
  challenge: Buffer
  expiresAt: number
}

export interface Challenges {
  /** `challenge` is given for seals, whose challenge is what is signed; else it is fresh randomness. */
  issue(wanted: {
    kind: ChallengeKind
    bindingHash: string
    userId: Id<'usr'> | null
    payload: unknown
    challenge?: Buffer
  }): Promise<IssuedChallenge>
  /** Uses the challenge up, whatever comes of it. @throws where it is not this browser's, of another kind, or too old */
  consume(answer: { id: string; kind: ChallengeKind; bindingHash: string; clientDataJSON: Buffer }): Promise<{
    challenge: Buffer
    userId: Id<'usr'> | null
    payload: unknown
  }>
  /** Reads without using up, to describe an act before its seal. */
  peek(answer: { id: string; kind: ChallengeKind; bindingHash: string }): Promise<unknown>
}

const lifetimeMs = 5 * 60_000
const mostOutstanding = 50_000
const sweepEveryMs = 10_000

/** Challenges that wait for a response: bound to one browser and one kind of ceremony, used once, five minutes old at most. */
export function createChallenges(database: Pick<Database, 'volatile'>, now: () => number): Challenges {
  const { volatile } = database
  let sweptAt = 0
  let outstanding = 0

  async function sweep(): Promise<void> {
    if (now() - sweptAt < sweepEveryMs && outstanding < mostOutstanding) return
    sweptAt = now()
    await volatile.deleteFrom('challenge').where('expiresAt', '<', sweptAt).execute()
    const { count } = await volatile
      .selectFrom('challenge')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    outstanding = count
  }

  const live = (answer: { id: string; kind: ChallengeKind; bindingHash: string }) =>
    [
      ['id', '=', answer.id as Id<'cer'>],
      ['kind', '=', answer.kind],
      ['bindingHash', '=', answer.bindingHash],
    ] as const

  return {
    async issue({ kind, bindingHash, userId, payload, challenge = freshChallenge() }) {
      await sweep()
      if (outstanding >= mostOutstanding)
        throw new ProblemError(429, 'too-many-ceremonies', 'Too many people are signing in at this moment.', {
          help: 'Try again in a minute.',
          headers: { 'retry-after': '60' },
        })
      outstanding += 1
      const id = newId('cer')
      const expiresAt = now() + lifetimeMs
      await volatile
        .insertInto('challenge')
        .values({
          id,
          kind,
          bindingHash,
          challengeHash: hashOf(challenge),
          userId,
          payload: JSON.stringify(payload),
          expiresAt,
        })
        .execute()
      return { id, challenge, expiresAt }
    },

    async consume(answer) {
      const [id, kind, binding] = live(answer)
      const row = await volatile
        .deleteFrom('challenge')
        .where(...id)
        .where(...kind)
        .where(...binding)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined || row.expiresAt < now()) throw ceremonyOver()
      const challenge = presentedChallenge(answer.clientDataJSON)
      if (hashOf(challenge) !== row.challengeHash)
        throw new WebauthnError('challenge-mismatch', 'made for another challenge')
      return { challenge, userId: row.userId, payload: JSON.parse(row.payload) }
    },

    async peek(answer) {
      const [id, kind, binding] = live(answer)
      const row = await volatile
        .selectFrom('challenge')
        .selectAll()
        .where(...id)
        .where(...kind)
        .where(...binding)
        .executeTakeFirst()
      if (row === undefined || row.expiresAt < now()) throw ceremonyOver()
      return JSON.parse(row.payload)
    },
  }
}

const hashOf = (challenge: Buffer): string => hash('sha256', challenge, 'base64url')

// A challenge that begins like an SSH signature could be taken for a seal; randomness never may.
function freshChallenge(): Buffer {
  const challenge = randomBytes(32)
  return challenge.subarray(0, 6).toString('latin1') === 'SSHSIG' ? freshChallenge() : challenge
}

function presentedChallenge(clientDataJSON: Buffer): Buffer {
  try {
    const data: unknown = JSON.parse(clientDataJSON.toString())
    if (typeof data === 'object' && data !== null && 'challenge' in data && typeof data.challenge === 'string')
      return Buffer.from(data.challenge, 'base64url')
  } catch {
    // falls through: not JSON
  }
  throw new WebauthnError('malformed', 'client data names no challenge')
}

const ceremonyOver = (): ProblemError =>
  new ProblemError(409, 'ceremony-over', 'This took too long, or was already answered.', {
    help: 'Nothing is lost: start it again.',
  })
