import { type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import type { Unsigned } from './commit-signatures/find-unsigned.ts'
import type { Git } from './git.ts'
import { keepsFirstParents } from './refs.ts'

/** What a push would do to the line of a branch. */
export interface PushShape {
  isFastForward: boolean
  keepsFirstParents: boolean
  bringsMerges: boolean
  /** Where the branch takes only signed commits; left out where nobody looked. */
  unsigned?: Unsigned
}

/** Looks at the commits themselves, which may still lie in a quarantine. Of a deletion there is nothing to say. */
export async function readPushShape(
  git: Git,
  folder: string,
  { oldOid, newOid, objectDirectory }: Pick<RefCommand, 'oldOid' | 'newOid'> & { objectDirectory?: string },
): Promise<PushShape> {
  const options = { repository: folder, ...(objectDirectory === undefined ? {} : { objectDirectory }) }
  if (newOid === zeroOid) return { isFastForward: false, keepsFirstParents: false, bringsMerges: false }
  const except = oldOid === zeroOid ? ['--not', '--all'] : [`^${oldOid}`]
  const merges = await git.run(['rev-list', '--merges', '--max-count=1', newOid, ...except], options)
  const bringsMerges = merges.stdout.length > 0
  if (oldOid === zeroOid) return { isFastForward: true, keepsFirstParents: true, bringsMerges }
  const { code } = await git.run(['merge-base', '--is-ancestor', oldOid, newOid], { ...options, ok: [0, 1] })
  const isFastForward = code === 0
  return {
    isFastForward,
    keepsFirstParents: isFastForward && (await keepsFirstParents(git, folder, { oldOid, newOid, ...options })),
    bringsMerges,
  }
}

/** By full name of the branch. */
export async function readPushShapes(
  git: Git,
  folder: string,
  commands: readonly RefCommand[],
  objectDirectory: string | undefined,
): Promise<Map<string, PushShape>> {
  const shapes = new Map<string, PushShape>()
  for (const { ref, oldOid, newOid } of commands)
    shapes.set(
      ref,
      await readPushShape(git, folder, {
        oldOid,
        newOid,
        ...(objectDirectory === undefined ? {} : { objectDirectory }),
      }),
    )
  return shapes
}
