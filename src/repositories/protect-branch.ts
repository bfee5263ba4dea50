import { recordEvent } from '../audit/record.ts'
import type { ActDescription } from '../http/access.ts'
import { actSubject } from '../http/act-subject.ts'
import { conflict, invalid } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { checkShortRefName, refNameSentences } from '../protocols/git/ref-name.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'
import type { RefParts } from './ref-updates.ts'
import { findTip } from './revision.ts'

interface Wanted {
  place: RepositoryPlace
  branch: string
}

/** The seal names the tip that protection is to begin with. @throws 409, 422 */
export async function describeProtection(parts: RefParts, { place, branch }: Wanted): Promise<ActDescription> {
  const oid = await getUnprotectedTip(parts, { place, branch })
  return {
    title: `Protect ${branch} in ${place.path}`,
    rows: [
      { label: 'Repository', value: place.path, kind: 'text' },
      { label: 'Branch', value: branch, kind: 'text' },
      { label: 'Protected from', value: oid, kind: 'oid' },
      { label: 'From then on', value: 'it changes by pull request, with a tap', kind: 'text' },
    ],
    subjects: [actSubject('tip', oid)],
  }
}

/**
 * Begins the protection of a branch at its tip of now: from this commit on every change must be proven. Its start can be
 * sealed afterwards, like that of the first branch.
 */
export async function protectBranch(parts: RefParts, act: Act, { place, branch }: Wanted): Promise<void> {
  const { repository, path } = place
  const since = act.now()
  const oid = await getUnprotectedTip(parts, { place, branch })
  const ref = `refs/heads/${branch}`
  await parts.database.write(async (tx) => {
    const at = act.now()
    // What is being prepared at this moment is seen below, and what comes after this sees the protection.
    await lockNumbers(tx, repository.id)
    const seal = await act.takeSeal(tx)
    const moving = await tx
      .selectFrom('refUpdate')
      .select('id')
      .where('repositoryId', '=', repository.id)
      .where('ref', '=', ref)
      .where((eb) => eb.or([eb('state', '=', 'prepared'), eb('finishedAt', '>=', since)]))
      .executeTakeFirst()
    // It would move past its own start without a proof.
    if (moving !== undefined) throw conflict('ref-moved', `Somebody is pushing to ${branch} at this moment.`, again)
    const begun = await tx
      .insertInto('protectedBranch')
      .values({
        repositoryId: repository.id,
        ref,
        baselineOid: oid,
        protectSealId: null,
        stockVerifiableOnly: 1,
        rule: '{}',
        createdAt: at,
        createdBy: act.caller.id,
      })
      .onConflict((other) => other.columns(['repositoryId', 'ref']).doNothing())
      .returning('ref')
      .executeTakeFirst()
    if (begun === undefined) throw alreadyProtected(branch)
    await recordEvent(tx, {
      action: 'branch.protected',
      actor: actorOf(act.caller, seal),
      target: { kind: 'ref', id: ref },
      repositoryId: repository.id,
      facts: { repository: path, ref, oid, seal: seal.id },
      at,
    })
  })
}

const again = { help: 'Look at it again and repeat.' }
const alreadyProtected = (branch: string) =>
  conflict('already-protected', `${branch} is protected already.`, { help: 'Change its rule instead.' })

async function getUnprotectedTip({ database, git }: RefParts, { place, branch }: Wanted): Promise<string> {
  const problem = checkShortRefName(branch)
  if (problem !== undefined) throw invalid('branch', refNameSentences[problem])
  const ref = `refs/heads/${branch}`
  const known = await database.read
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', place.repository.id)
    .where('ref', '=', ref)
    .executeTakeFirst()
  if (known !== undefined) throw alreadyProtected(branch)
  const oid = await findTip({ git, folder: place.folder }, ref)
  if (oid === undefined) throw invalid('branch', `There is no branch ${branch}. Push it first.`)
  return oid
}
