import type { RefUpdateTable } from '../../database/schema.ts'
import { conflict, type ProblemError } from '../../http/problem.ts'
import type { RefCommand } from '../../protocols/git/receive-commands.ts'
import type { Refusal } from '../push-judgement.ts'
import type { Push, PushParts } from '../push-parts.ts'
import { uncounted } from '../push-rules.ts'
import { checkStillWrites, getPusher } from '../push-standing.ts'
import { recordRefusal } from '../push-verdict.ts'
import { methodOf, moveRef } from '../ref-updates.ts'
import { type NewObject, objectOid } from '../write-objects.ts'
import { bringObjects } from './bring-objects.ts'
import { decodeChanges } from './decode-changes.ts'
import { editCommit, readMessage } from './edit-commit.ts'
import { editTree } from './edit-tree.ts'
import { findStart } from './find-start.ts'
import { editRefused, judgeEdit } from './judge-edit.ts'
import type { MadeCommit, NewCommit } from './shapes.ts'

export interface EditParts extends Pick<
  PushParts,
  'database' | 'git' | 'now' | 'policy' | 'maxBlobBytes' | 'openForPush' | 'onMoved' | 'onDone' | 'afterPush' | 'log'
> {
  rpId: string
}

type By = Pick<Push, 'place' | 'caller' | 'recognise'>

/**
 * One commit of some files on top of a branch, or on a new branch from there, which may be proposed at once. It is a push
 * in all but the way it came: the same rules judge it, git looks at its objects as it does at a push's, and it is
 * recorded as one. @throws 403, 409, 413, 422
 */
export async function commitChanges(parts: EditParts, by: By, wanted: NewCommit): Promise<MadeCommit> {
  const { git, now, rpId } = parts
  const { place, caller } = by
  const source = { git, folder: place.folder }
  const message = readMessage(wanted.message)
  const changes = decodeChanges(wanted.changes, parts.maxBlobBytes)
  const { branch, oldOid, parent } = await findStart(source, wanted)
  const ref = `refs/heads/${branch}`
  // Asked before anything is read or written; the objects of what is refused are never kept.
  const early = { db: parts.database.read, policy: uncounted(parts.policy), at: now() }
  const refusal = await judgeEdit(early, by, { ref, oldOid, newOid: parent })
  if (refusal !== undefined) throw await refused(parts, by, refusal)

  const root = await git.objects(place.folder).info(`${parent}^{tree}`)
  if (root === undefined) throw new Error(`${parent} has no tree`)
  const { tree, objects } = await editTree(source, root.oid, changes)
  if (tree === root.oid)
    throw conflict('nothing-changes', 'This changes nothing.', { help: 'Change something, or leave the page.' })
  const commit: NewObject = {
    kind: 'commit',
    bytes: editCommit({ tree, parent, ...message }, caller, { rpId, at: now() }),
  }
  const oid = objectOid(commit)
  const command = { ref, oldOid, newOid: oid }
  const unfit = await bringObjects(parts, place, { objects: [...objects.values(), commit], command })
  if (unfit !== undefined) throw await refused(parts, by, unfit)
  await move(parts, by, command)
  if (wanted.pullRequest !== true) return { oid, branch, pullRequest: null }
  const words = { title: message.title, description: message.body }
  const opened = await parts.openForPush(place, caller, { ...words, sourceBranch: branch, targetBranch: wanted.branch })
  return { oid, branch, pullRequest: opened.number }
}

async function move(parts: EditParts, by: By, moved: RefCommand): Promise<void> {
  const { place } = by
  // Its body and its turn may have taken minutes.
  const caller = await getPusher(by)
  const rows: RefUpdateTable[] = []
  let refusal: Refusal | undefined
  try {
    await moveRef({
      ...parts,
      place,
      door: 'edit',
      ...moved,
      actor: caller,
      method: methodOf(caller),
      strength: caller.strength,
      // Once more in the transaction: the role may have gone, or a rule come, at this very moment.
      async onPrepare(tx) {
        const now = await checkStillWrites(tx, place, caller)
        refusal = await judgeEdit({ db: tx, policy: parts.policy, at: parts.now() }, { place: now, caller }, moved)
        if (refusal !== undefined) throw editRefused(refusal)
      },
      async onDone(tx, row) {
        rows.push(row)
        await parts.onDone?.(tx, row)
      },
    })
  } catch (error) {
    if (refusal !== undefined) throw await refused(parts, by, refusal)
    throw error
  }
  await parts.afterPush?.(place, rows)
}

/** Recorded as a push that is refused. */
async function refused(parts: EditParts, by: By, refusal: Refusal): Promise<ProblemError> {
  await recordRefusal(parts, by, refusal).catch((error: unknown) => parts.log(error, 'a refusal was not recorded'))
  return editRefused(refusal)
}
