import type { Db } from '../database/handles.ts'
import { conflict, ProblemError } from '../http/problem.ts'
import { checkPolicy } from '../policy/check-policy.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/rule.ts'
import { readKnownNames } from './known-names.ts'
import { findLastAdministratorLockOut, findOwnLockOut } from './lock-out.ts'
import { readPlaces } from './places.ts'
import type { Circumstance } from './probe.ts'
import type { StandingDb } from './read-own.ts'

const lockOutHelp = 'Give people time with a date, let it report only first, or register the key first.'

/** @throws 422 naming each rule that cannot be meant */
export async function checkMeant(
  db: Db<'user' | 'userGroup' | 'application' | 'project' | 'repository'>,
  draft: Policy,
  at: number,
): Promise<void> {
  const problems = checkPolicy(draft, await readKnownNames(db, await readPlaces(db)), at)
  const [first] = problems
  if (first === undefined) return
  throw new ProblemError(422, 'invalid-policy', first.message, {
    help: 'Change the rule, then save again.',
    fields: Object.fromEntries(problems.map(({ rule, message }) => [rule, message])),
  })
}

/** @throws 409 where whoever saves it would be locked out */
export async function checkOwnLockOut(
  db: StandingDb,
  draft: Policy,
  here: Parameters<typeof findOwnLockOut>[2],
): Promise<void> {
  const own = await findOwnLockOut(db, compilePolicy(draft), here)
  if (own !== null) throw conflict('locks-you-out', own.sentence, { help: lockOutHelp })
}

/** @throws 409 where nobody would be left who could change it back */
export async function checkLastLockOut(db: StandingDb, draft: Policy, here: Circumstance): Promise<void> {
  const last = await findLastAdministratorLockOut(db, compilePolicy(draft), here)
  if (last !== null) throw conflict('last-administrator', last.sentence, { help: lockOutHelp })
}
