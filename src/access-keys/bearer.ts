import type { Caller } from '../identity/caller.ts'

export interface ShownSecret {
  secret: string
  address: string
  /**
   * It was shown a while ago, with the same request, and is only looked at once more: what has begun is not stopped by
   * time that ran out since, but by an end.
   */
  isAgain?: boolean
}

/** One kind of secret that a program shows with each request. */
export interface BearerSource {
  /** By its form alone, so that what is nobody's asks no table. */
  isMine(secret: string): boolean
  /** Whose it is and what it may; undefined where it is not known, has expired or was ended. @throws 403 where a rule forbids it */
  find(shown: ShownSecret, now: number): Promise<Caller | undefined>
}
