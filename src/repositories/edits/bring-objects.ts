import { join } from 'node:path'
import { ProblemError } from '../../http/problem.ts'
import type { RefCommand } from '../../protocols/git/receive-commands.ts'
import { GitError } from '../git-error.ts'
import { movePacks } from '../land-history.ts'
import type { RepositoryPlace } from '../place.ts'
import type { Refusal } from '../push-judgement.ts'
import type { PushParts } from '../push-parts.ts'
import { findUnfit } from '../push-verdict.ts'
import { createTemporaryObjects } from '../storage.ts'
import { type NewObject, writeObjects } from '../write-objects.ts'

/**
 * Through a quarantine, as a push: what git or we do not take leaves nothing behind. Returns why, where it is ours.
 * @throws 422 `not-taken` where it is git's
 */
export async function bringObjects(
  parts: Pick<PushParts, 'git' | 'maxBlobBytes'>,
  place: RepositoryPlace,
  {
    objects,
    command,
    isTrial = false,
  }: {
    objects: readonly NewObject[]
    command: RefCommand
    /** Only asks: nothing is kept. */
    isTrial?: boolean
  },
): Promise<Refusal | undefined> {
  await using temporary = await createTemporaryObjects(place.folder)
  const quarantine = temporary.path
  try {
    await writeObjects(parts.git, place.folder, objects, { check: '--strict', quarantine })
  } catch (error) {
    throw asRefusal(error)
  }
  const refusal = await findUnfit(parts, place, { quarantine, commands: [command] })
  if (refusal === undefined && !isTrial) await movePacks(quarantine, join(place.folder, 'objects'))
  return refusal
}

/** With git's own words, where it would not have taken a push of this. */
function asRefusal(error: unknown): unknown {
  const [, word, why] = (error instanceof GitError && /object [0-9a-f]{40}: (\w+): (.*)/.exec(error.detail)) || []
  if (word === undefined) return error
  return new ProblemError(422, 'not-taken', 'git does not take this change.', {
    detail: `${word}: ${why}`,
    help: 'Choose another name or other content: git refuses the same in a push.',
    cause: error,
  })
}
