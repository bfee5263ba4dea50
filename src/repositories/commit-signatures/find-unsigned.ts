import type { Id } from '../../database/id.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { judgeSignatures, type SignatureParts } from './judge-signatures.ts'
import { type ObjectSource, readSignatures } from './read-signatures.ts'
import { whyNotSigned } from './signature-words.ts'

/** Commits that a branch which takes only signed ones does not take; none of them, and it does. */
export interface Unsigned {
  /** The newest first, a few of them. */
  commits: { oid: string; why: string }[]
  /** There are more commits than are looked at in one go. */
  isTooMany: boolean
}

const mostCommits = 5000
const mostShown = 5
const atOnce = 200

/**
 * Looks at every commit that a branch would get, whichever parent it comes by, also where other branches have it: of
 * those it was not asked. Stops at the first few that are not signed by a registered key.
 */
export async function findUnsigned(
  parts: SignatureParts,
  source: ObjectSource,
  wanted: { repositoryId: Id<'rep'>; base: string; tip: string },
): Promise<Unsigned> {
  const oids = await listBrought(source, wanted)
  const commits: Unsigned['commits'] = []
  for (let from = 0; from < oids.length && commits.length < mostShown; from += atOnce) {
    const some = oids.slice(from, from + atOnce)
    const judged = await judgeSignatures(parts, source, wanted.repositoryId, await readSignatures(source, some))
    for (const oid of some) {
      const one = judged.get(oid)
      const why = one === undefined ? 'it is gone' : whyNotSigned(one)
      if (why !== undefined) commits.push({ oid, why })
    }
  }
  return { commits: commits.slice(0, mostShown), isTooMany: commits.length === 0 && oids.length > mostCommits }
}

async function listBrought(
  { git, folder, objectDirectory }: ObjectSource,
  { base, tip }: { base: string; tip: string },
): Promise<string[]> {
  const { stdout } = await git.run(
    ['rev-list', `--max-count=${mostCommits + 1}`, '--end-of-options', tip, ...(base === zeroOid ? [] : [`^${base}`])],
    { repository: folder, ...(objectDirectory === undefined ? {} : { objectDirectory }) },
  )
  return stdout.toString().split('\n').filter(Boolean)
}
