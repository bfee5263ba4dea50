import { notFound } from '../http/problem.ts'
import { Lru } from '../protocols/lru.ts'
import { checkRefName, checkShortRefName } from '../protocols/git/ref-name.ts'
import type { Git } from './git.ts'

/** A bare repository and the way to read it. */
export interface Source {
  git: Git
  folder: string
}

export interface Revision {
  /** As the caller named it. */
  name: string
  /** The commit it means now. */
  oid: string
  /** Full name of the branch or tag; null where a commit was named. */
  ref: string | null
}

/** Where people may look; `refs/postern/*` holds no history of theirs. */
const visibleRefs = ['refs/heads', 'refs/tags', 'refs/pull'] as const

const wholeOid = /^[0-9a-f]{40}$/
const shortOid = /^[0-9a-f]{7,39}$/

/**
 * The commit that a branch, a tag or an oid (whole, or at least 7 digits) means. Nothing of git's revision syntax is
 * understood, and a commit that no branch, tag or pull request holds is not found.
 */
export async function findRevision(source: Source, name: string): Promise<Revision | undefined> {
  // A branch named like a whole oid must not stand in for that commit.
  if (wholeOid.test(name)) return findCommit(source, name)
  for (const ref of refsOf(name)) {
    const oid = await findTip(source, ref)
    if (oid !== undefined) return { name, oid, ref }
  }
  return shortOid.test(name) ? findCommit(source, name) : undefined
}

/** @throws 404 */
export async function getRevision(source: Source, name: string): Promise<Revision> {
  const revision = await findRevision(source, name)
  if (revision === undefined) throw notFound('This branch, tag or commit')
  return revision
}

/** The commit that this full reference name leads to, tags peeled. */
export async function findTip({ git, folder }: Source, ref: string): Promise<string | undefined> {
  if (checkRefName(ref) !== undefined) return undefined
  return (await git.objects(folder).info(`${ref}^{commit}`))?.oid
}

function refsOf(name: string): string[] {
  if (/^refs\/(heads|tags)\//.test(name)) return [name]
  return checkShortRefName(name) === undefined ? [`refs/heads/${name}`, `refs/tags/${name}`] : []
}

async function findCommit(source: Source, name: string): Promise<Revision | undefined> {
  const found = await source.git.objects(source.folder).info(`${name}^{commit}`)
  if (found === undefined || !(await isVisible(source, found.oid))) return undefined
  return { name, oid: found.oid, ref: null }
}

const visible = new Lru<string, true>(20_000)

/** Commits that were just shown because a branch, a tag or a pull request holds them: looking at one asks no more. */
export function rememberVisible({ folder }: Pick<Source, 'folder'>, oids: readonly string[]): void {
  for (const oid of oids) visible.set(`${folder} ${oid}`, true)
}

async function isVisible({ git, folder }: Source, oid: string): Promise<boolean> {
  const key = `${folder} ${oid}`
  if (visible.get(key) === true) return true
  const { stdout } = await git.run(
    ['for-each-ref', '--count=1', '--format=%(refname)', `--contains=${oid}`, ...visibleRefs],
    { repository: folder },
  )
  if (stdout.length === 0) return false
  visible.set(key, true)
  return true
}
