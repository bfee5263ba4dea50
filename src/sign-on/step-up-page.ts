import type { Strength } from '../database/schema.ts'

/** What keeps somebody from going on where nobody could say more than this. Each has its sentence on the page. */
export type SignOnProblem =
  | 'not-understood' // the request cannot be read, or asks for what is not spoken here
  | 'unknown-application'
  | 'wrong-return' // the answer would go where nobody has registered it
  | 'bad-signature'
  | 'too-old' // made too long ago, or ahead of time
  | 'used' // answered before, or its time is over
  | 'not-from-here' // it begins at the application alone
  | 'other-name' // it asks for another kind of name than it is set up for
  | 'too-many' // more wait than one address, or all of them, may leave here
  | 'no-address' // it knows people by an address, and theirs was never shown to be theirs

/**
 * The page where somebody who wants to open an application is led when they cannot go straight on: to sign in, to tap
 * again, with a stronger key, or to read which rule keeps them out. The page asks the server anew what is missing
 * (`GET /api/v1/sign-on/standing`, with these very parameters) and goes to `returnTo` when nothing is: it shows nothing
 * that stands in its own address.
 */
export function stepUpPage(wanted: {
  /** Short name. */
  application: string
  /** Below `/oidc/` or `/saml/`. */
  returnTo: string
  /** What the application asks for this time, as `judgeUse` takes it; `tappedAfter` in place of an age, which would move. */
  asked?: { strength?: Strength; tappedAfter?: number }
}): string {
  const { application, returnTo, asked = {} } = wanted
  const query = new URLSearchParams({ application, returnTo })
  if (asked.strength !== undefined) query.set('strength', asked.strength)
  if (asked.tappedAfter !== undefined) query.set('tappedAfter', String(asked.tappedAfter))
  return `/-/sign-on?${query.toString()}`
}

/** @param application its short name, where that is known */
export function signOnProblemPage(problem: SignOnProblem, application?: string): string {
  const query = new URLSearchParams({ problem, ...(application === undefined ? {} : { application }) })
  return `/-/sign-on?${query.toString()}`
}
