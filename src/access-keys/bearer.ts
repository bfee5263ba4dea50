import type { Caller } from '../identity/caller.ts'

/** One kind of secret that a program shows with each request. */
export interface BearerSource {
  /** By its form alone, so that what is nobody's asks no table. */
  isMine(secret: string): boolean
  /** Whose it is and what it may; undefined where it is not known, has expired or was ended. @throws 403 where a rule forbids it */
  find(shown: { secret: string; address: string }, now: number): Promise<Caller | undefined>
}
