import { forbidden, ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { RepositoryPlace } from './place.ts'
import { findBranchRefusal } from './push-proposal.ts'
import type { RefParts } from './ref-updates.ts'
import { readRef } from './refs.ts'

/** How many branches of one name are tried. */
const mostNumbers = 50

/**
 * A branch for what the server itself brings: the wanted name, or that name with the next number behind it.
 * @param isFree whether a branch that is at this commit may be moved; the zero oid stands for one that is not there
 * @throws 403 where a guardrail keeps this caller from such a branch, 409 `no-free-name`
 */
export async function chooseBranch(
  { database, git, policy, now }: RefParts & { policy: PolicyInForce },
  { place, caller }: { place: RepositoryPlace; caller: Caller },
  wanted: { branch: string; isFree: (oldOid: string) => boolean | Promise<boolean>; help: string },
): Promise<{ branch: string; oldOid: string }> {
  const rows = await database.read
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', place.repository.id)
    .execute()
  for (let number = 1; number <= mostNumbers; number++) {
    const name = number === 1 ? wanted.branch : `${wanted.branch}-${number}`
    const ref = `refs/heads/${name}`
    const oldOid = await readRef(git, place.folder, ref)
    if (!(await wanted.isFree(oldOid)) || rows.some((row) => row.ref === ref)) continue
    const sentence = await findBranchRefusal({ db: database.read, policy, at: now() }, place, caller, name)
    if (sentence !== undefined) throw forbidden(sentence, wanted.help)
    return { branch: name, oldOid }
  }
  throw new ProblemError(409, 'no-free-name', `Too many branches are called ${wanted.branch}.`, { help: wanted.help })
}
