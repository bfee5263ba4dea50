import type { RepositoryRole } from '../database/schema.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { checkRefName, checkShortRefName, refNameSentences } from '../protocols/git/ref-name.ts'
import { coversRole } from './access.ts'
import { type BranchRule, takesTap } from './branch-rule.ts'

export interface RefUpdateFacts {
  /**
   * By which door the update comes: a push, a suggestion applied or files edited on a page, the button that merges, the
   * one that deletes.
   */
  door: 'push' | 'suggestion' | 'edit' | 'merge' | 'delete'
  ref: string
  oldOid: string
  newOid: string
  role: RepositoryRole
  /** Full name of the default branch. */
  defaultRef: string
  /** Whether protection has begun for this very ref. */
  isProtected: boolean
  /** All branches for which it has. */
  protectedRefs?: readonly string[]
  /** Whether the old tip is on the new tip's first-parent chain; asked only where a protected branch moves. */
  keepsFirstParents: boolean
  /** Of a protected branch: what its rule makes of pushes. `tap` lets one through only together with its seal. */
  push?: BranchRule['push']
  /** Of a push to a branch that takes them: whether it only adds, and whether it brings merges that the rule forbids. */
  isFastForward?: boolean
  bringsMerges?: boolean
}

export type Judgement =
  | { outcome: 'allow' }
  /** `reason` fits behind `! [remote rejected]`. */
  | { outcome: 'refuse'; code: string; reason: string; sentences: Told }

/** For whoever is refused: what is wrong, what to do instead, which none goes without, and lines for a terminal alone. */
export type Told = readonly [what: string, next: string, ...more: string[]]

const refuse = (code: string, reason: string, ...sentences: Told): Judgement => ({
  outcome: 'refuse',
  code,
  reason,
  sentences,
})

export const anotherName = 'Choose another name.'

export const askToWrite = 'Ask an administrator of this repository for the role “write”.'

/** The one rule about refs, asked by every door. Pure: what it needs to know comes in as facts. */
export function judgeRefUpdate(facts: RefUpdateFacts): Judgement {
  const { door, ref, oldOid, newOid } = facts
  const kind = ref.startsWith('refs/heads/') ? 'branch' : ref.startsWith('refs/tags/') ? 'tag' : undefined
  if (kind === undefined)
    return refuse(
      'ref-reserved',
      'only branches and tags can be pushed',
      `${ref} belongs to the server.`,
      'Only refs/heads/* and refs/tags/* can be pushed.',
    )
  const name = ref.slice(kind === 'branch' ? 'refs/heads/'.length : 'refs/tags/'.length)
  const problem = checkRefName(ref) ?? checkShortRefName(name)
  if (problem !== undefined && newOid !== zeroOid)
    return refuse('ref-name', 'this name cannot be used', refNameSentences[problem], anotherName)
  if (!coversRole(facts.role, 'write'))
    return refuse('not-allowed', 'you may only read here', 'You may only read here.', askToWrite)
  // Stock git asks for this where the whole name is given, and does not look first.
  if (oldOid === zeroOid && newOid === zeroOid)
    return refuse('ref-missing', 'it is not there', `There is no ${kind} ${name} here.`, 'Push the rest without it.')
  return kind === 'tag' ? judgeTag(facts, name) : judgeBranch({ ...facts, door, oldOid }, name)
}

/** People pin tags and build releases from them: one that was pushed means the same for ever. */
function judgeTag({ door, oldOid, newOid, role }: RefUpdateFacts, name: string): Judgement {
  if (oldOid === zeroOid) return { outcome: 'allow' }
  if (newOid !== zeroOid)
    return refuse(
      'tag-exists',
      'a tag is never moved',
      `The tag ${name} exists, and a tag that was pushed never moves.`,
      anotherName,
    )
  if (door === 'delete' && role === 'admin') return { outcome: 'allow' }
  return refuse(
    'tag-exists',
    'administrators delete tags, on their page',
    'Tags are deleted by administrators, on the repository’s page of tags.',
    role === 'admin' ? 'Delete it there.' : `Ask an administrator of this repository to delete the tag ${name}.`,
  )
}

const deleteAnother = 'It stays; other branches can be deleted.'

function judgeBranch(facts: RefUpdateFacts, name: string): Judgement {
  const { door, newOid, isProtected } = facts
  if (newOid === zeroOid && facts.ref === facts.defaultRef)
    return refuse(
      'default-branch',
      'this is the default branch',
      `${name} is the default branch and cannot be deleted.`,
      deleteAnother,
    )
  if (!isProtected) return judgeTwin(facts, name)
  if (newOid === zeroOid)
    return refuse(
      'protected-branch',
      'this branch is protected',
      `${name} is protected and cannot be deleted.`,
      deleteAnother,
    )
  if (door !== 'merge' && !(door === 'push' && facts.push !== undefined && takesTap(facts.push))) {
    const what = `${name} is protected: open a pull request instead.`
    const first = 'Push to a branch of your own first'
    // Commands are for a terminal alone.
    const told: Told =
      door === 'push'
        ? [
            what,
            `${first}:`,
            'git push origin HEAD:my-change',
            'Or do both at once:',
            `git push -o pull-request origin HEAD:${name}`,
          ]
        : [what, `${first}.`]
    return refuse('protected-branch', 'this branch is protected', ...told)
  }
  if (facts.isFastForward === false)
    return refuse(
      'not-fast-forward',
      'it would take commits away',
      `${name} is protected: a push can only add to it.`,
      'Fetch, build on what is there, and push again.',
    )
  if (!facts.keepsFirstParents)
    return refuse(
      'foxtrot',
      'it would hide history',
      `The tip of ${name} would no longer be on its first-parent line, which would hide sealed history.`,
      door === 'push'
        ? 'Merge your work into it, not it into your work, or rebase.'
        : 'Rebase your branch on it and push, or choose another way to merge.',
    )
  if (facts.bringsMerges === true)
    return refuse(
      'linear-history',
      'merge commits are not taken',
      `${name} keeps a straight history.`,
      'Rebase your work, so that it holds no merge commits, and push again.',
    )
  return { outcome: 'allow' }
}

/**
 * git keeps a branch in a file of its name. Where the file system does not tell capitals apart, as on macOS, a push to
 * MAIN would move main. The page that deletes one has looked whether there is a branch of exactly this name.
 */
function judgeTwin({ door, ref, newOid, protectedRefs = [] }: RefUpdateFacts, name: string): Judgement {
  const twin = door === 'delete' ? undefined : protectedRefs.find((other) => fold(other) === fold(ref))
  if (twin === undefined) return { outcome: 'allow' }
  const other = twin.slice('refs/heads/'.length)
  return refuse(
    'protected-twin',
    'it reads like a protected branch',
    `${name} and the protected branch ${other} are one name to some file systems.`,
    newOid === zeroOid ? 'Delete it on the page Branches.' : anotherName,
  )
}

const fold = (ref: string): string => ref.normalize('NFC').toLowerCase()
