import { hash } from 'node:crypto'
import { type Id, newId } from '../database/id.ts'
import type { ChallengeTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { randomSecret } from '../http/secret.ts'
import { WebauthnError } from '../protocols/webauthn/webauthn-error.ts'

export type ChallengeKind = ChallengeTable['kind']

/** Which challenge an answer is for: only with all three right is it found. */
export type ChallengeKey = Pick<ChallengeTable, 'kind' | 'bindingHash'> & { id: string }

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
  consume(answer: ChallengeKey & { clientDataJSON: Buffer }): Promise<{
    challenge: Buffer
    userId: Id<'usr'> | null
    payload: unknown
  }>
  /** Reads without using up, to describe an act before its seal. */
  peek(answer: ChallengeKey): Promise<unknown>
}

/** Where challenges wait: in this process where it is the only one, in a table where nodes share them. */
export interface ChallengeStore {
  /** False when as many wait as may, those that are too old at `now` left out. */
  put(challenge: ChallengeTable, now: number): Promise<boolean>
  find(key: ChallengeKey): Promise<ChallengeTable | undefined>
  /** Finds and removes in one step: nobody else gets it, and a wrong key removes nothing. */
  take(key: ChallengeKey): Promise<ChallengeTable | undefined>
}

/** Beyond this nobody honest is waiting, and memory must be bounded. */
export const mostOutstanding = 50_000
const lifetimeMs = 5 * 60_000

/**
 * Challenges that wait for a response: bound to one browser and one kind of ceremony, used once, five minutes old at most.
 * @param random 32 bytes of randomness
 */
export function createChallenges(
  store: ChallengeStore,
  now: () => number,
  random: () => Buffer = randomSecret,
): Challenges {
  // One that begins like an SSH signature could be taken for a seal; randomness never may.
  function freshChallenge(): Buffer {
    const challenge = random()
    return challenge.subarray(0, 6).toString('latin1') === 'SSHSIG' ? freshChallenge() : challenge
  }

  const orOver = (found: ChallengeTable | undefined): ChallengeTable => {
    if (found === undefined || found.expiresAt < now()) throw ceremonyOver()
    return found
  }
  return {
    async issue({ kind, bindingHash, userId, payload, challenge = freshChallenge() }) {
      const id = newId('cer')
      const at = now()
      const expiresAt = at + lifetimeMs
      const waiting = { id, kind, bindingHash, challengeHash: hashOf(challenge), userId, expiresAt }
      if (!(await store.put({ ...waiting, payload: JSON.stringify(payload) }, at))) throw tooManyCeremonies()
      return { id, challenge, expiresAt }
    },

    async consume(answer) {
      const { challengeHash, userId, payload } = orOver(await store.take(answer))
      const challenge = presentedChallenge(answer.clientDataJSON)
      if (hashOf(challenge) !== challengeHash)
        throw new WebauthnError('challenge-mismatch', 'made for another challenge')
      return { challenge, userId, payload: JSON.parse(payload) }
    },

    async peek(key) {
      return JSON.parse(orOver(await store.find(key)).payload)
    },
  }
}

const hashOf = (challenge: Buffer): string => hash('sha256', challenge, 'base64url')

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

const tooManyCeremonies = (): ProblemError =>
  new ProblemError(429, 'too-many-ceremonies', 'Too many people are signing in at this moment.', {
    help: 'Try again in a minute.',
    headers: { 'retry-after': '60' },
  })
