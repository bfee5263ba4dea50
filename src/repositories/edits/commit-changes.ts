import type { RefUpdateTable } from '../../database/schema.ts'
import { conflict, type ProblemError } from '../../http/problem.ts'
import type { Place } from '../../identity/registration.ts'
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
import { fileWords } from './file-words.ts'
import { findStart } from './find-start.ts'
import { editRefused, judgeEdit } from './judge-edit.ts'
import type { MadeCommit, NewCommit } from './shapes.ts'
import { movedBy, type Signing } from './signing.ts'
import { findMade, readTapped, type TappedCommit } from './take-commit.ts'
import { askForCommit } from './tapped-commit.ts'

export interface EditParts extends Pick<
  PushParts,
  'database' | 'git' | 'now' | 'policy' | 'maxBlobBytes' | 'openForPush' | 'onMoved' | 'onDone' | 'afterPush' | 'log'
> {
  /** RP ID and origin of this instance. */
  site: Place
}

export type By = Pick<Push, 'place' | 'caller' | 'recognise'> & {
  /** Absent where nobody signs it. */
  signing?: Signing | undefined
}

/**
 * One commit of some files on top of a branch, or on a new branch from there, which may be proposed at once. It is a push
 * in all but the way it came: the same rules judge it, git looks at its objects as it does at a push's, and it is
 * recorded as one. With `signing` its person's tap signs the commit itself. @throws 401 `seal-required` with the statement
 * that waits, 403, 409, 413, 422
 */
export async function commitChanges(parts: EditParts, by: By, wanted: NewCommit): Promise<MadeCommit> {
  const { git, now, site } = parts
  const { place, caller, signing } = by
  const source = { git, folder: place.folder }
  const message = readMessage(wanted.message)
  const changes = decodeChanges(wanted.changes, parts.maxBlobBytes)
  const made = await findOwn(parts, by, wanted)
  if (made !== undefined) return propose(parts, by, wanted, { oid: made, message })
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
  const written = signing && {
    place,
    caller: signing.person,
    ref,
    oldOid,
    parent,
    tree,
    ...message,
    files: fileWords(changes),
  }
  const tapped = written && signing?.sealId !== undefined ? await readTapped(parts, written, signing.sealId) : undefined
  const commit: NewObject = {
    kind: 'commit',
    bytes: tapped?.bytes ?? editCommit({ tree, parent, ...message }, caller, { rpId: site.rpId, at: now() }),
  }
  const oid = objectOid(commit)
  const command = { ref, oldOid, newOid: oid }
  // Nobody taps for what git would not take: then the same objects are looked at, and none of them kept.
  const isAsked = written !== undefined && tapped === undefined
  const unfit = await bringObjects(parts, place, { objects: [...objects.values(), commit], command, isTrial: isAsked })
  if (unfit !== undefined) throw await refused(parts, by, unfit)
  if (isAsked) throw await askForCommit(parts, written)
  await move(parts, by, command, tapped)
  return propose(parts, by, wanted, { oid, message })
}

/** What this very tap has made, where the first answer to it was lost. */
async function findOwn(
  { database }: EditParts,
  { place, signing }: By,
  wanted: NewCommit,
): Promise<string | undefined> {
  if (signing?.sealId === undefined) return undefined
  const ref = `refs/heads/${wanted.newBranch ?? wanted.branch}`
  const made = await findMade(database.read, { place, caller: signing.person, ref, sealId: signing.sealId })
  return made?.newOid
}

async function propose(
  { openForPush }: EditParts,
  { place, caller }: By,
  { branch: targetBranch, newBranch, pullRequest }: NewCommit,
  { oid, message }: { oid: string; message: ReturnType<typeof readMessage> },
): Promise<MadeCommit> {
  const branch = newBranch ?? targetBranch
  if (pullRequest !== true) return { oid, branch, pullRequest: null }
  const words = { title: message.title, description: message.body }
  const opened = await openForPush(place, caller, { ...words, sourceBranch: branch, targetBranch })
  return { oid, branch, pullRequest: opened.number }
}

async function move(parts: EditParts, by: By, moved: RefCommand, tapped: TappedCommit | undefined): Promise<void> {
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
      ...(tapped === undefined ? { method: methodOf(caller), strength: caller.strength } : movedBy(tapped)),
      // Once more in the transaction: the role may have gone, or a rule come, at this very moment.
      async onPrepare(tx) {
        const now = await checkStillWrites(tx, place, caller)
        refusal = await judgeEdit({ db: tx, policy: parts.policy, at: parts.now() }, { place: now, caller }, moved)
        if (refusal !== undefined) throw editRefused(refusal)
        await tapped?.take(tx)
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
