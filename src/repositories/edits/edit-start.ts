import { isUtf8 } from 'node:buffer'
import type { Database } from '../../database/handles.ts'
import { notFound, ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { ruleOf } from '../branch-rule.ts'
import { checkIsFile } from '../file.ts'
import type { Git } from '../git.ts'
import type { RepositoryPlace } from '../place.ts'
import { uncounted } from '../push-rules.ts'
import { findTip, type Source } from '../revision.ts'
import { isText, maxTextBytes } from '../text.ts'
import { findPath, symlinkMode } from '../tree.ts'
import { judgeEdit } from './judge-edit.ts'
import type { EditStart, Why } from './shapes.ts'

/** What somebody who is about to edit is told first: where it can go, and what the file says. @throws 404 */
export async function readEditStart(
  { database, git, policy, now }: { database: Database; git: Git; policy: PolicyInForce; now: () => number },
  { place, caller }: { place: RepositoryPlace; caller: Caller },
  { branch, path }: { branch: string; path: string | undefined },
): Promise<EditStart> {
  const source = { git, folder: place.folder }
  const ref = `refs/heads/${branch}`
  const head = await findTip(source, ref)
  if (head === undefined)
    throw new ProblemError(404, 'not-a-branch', `${branch} is no branch, and only a branch can be changed.`, {
      help: `Choose a branch, such as ${place.repository.defaultBranch}.`,
    })
  const parts = { db: database.read, policy: uncounted(policy), at: now() }
  const refusal = await judgeEdit(parts, { place, caller }, { ref, oldOid: head, newOid: head })
  return {
    branch,
    head,
    refusal: refusal === undefined ? null : { title: refusal.sentences[0], help: refusal.sentences[1] },
    mustSign: (await takesOnlySigned(database, place, ref))
      ? `${branch} takes only signed commits, so your tap signs this one.`
      : null,
    suggestedBranch: await suggestBranch(source, caller.username),
    file: path === undefined ? null : { path, ...(await readEditable(source, head, path)) },
  }
}

async function takesOnlySigned({ read }: Database, { repository }: RepositoryPlace, ref: string): Promise<boolean> {
  const row = await read
    .selectFrom('protectedBranch')
    .select(['rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', repository.id)
    .where('ref', '=', ref)
    .executeTakeFirst()
  return row !== undefined && ruleOf(row).signedCommits
}

/** `ana-edit-3`: after the last one that is there. */
async function suggestBranch({ git, folder }: Source, username: string): Promise<string> {
  const start = `refs/heads/${username}-edit-`
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', '--', `${start}*`], { repository: folder })
  const numbers = stdout
    .toString()
    .split('\n')
    .map((name) => Number(name.slice(start.length)))
    .filter((number) => Number.isSafeInteger(number))
  return `${username}-edit-${Math.max(0, ...numbers) + 1}`
}

// What Git LFS leaves in place of a file.
const lfsPointer = /^version https:\/\/git-lfs\.github\.com\/spec\//

async function readEditable(
  source: Source,
  head: string,
  path: string,
): Promise<{ text: string | null; refusal: Why | null }> {
  const not = (title: string, help: string) => ({ text: null, refusal: { title, help } })
  const file = await findPath(source, head, path)
  if (file === undefined) throw notFound('This file')
  checkIsFile(file)
  if (!Buffer.from(path).equals(file.bytes))
    return not('The name of this file is not valid UTF-8.', 'Rename it in a clone with git.')
  if (file.mode === symlinkMode)
    return not('This is a symbolic link.', 'Edit the file that it leads to, or change the link in a clone.')
  const objects = source.git.objects(source.folder)
  const size = (await objects.info(file.oid))?.size ?? 0
  if (size > maxTextBytes)
    return not('This file is larger than 1 MB.', 'Upload a new version in its place, or change it in a clone.')
  const content = (await objects.read(file.oid))?.content ?? Buffer.alloc(0)
  if (!isText(content)) return not('This is a binary file.', 'Upload a new version in its place.')
  if (!isUtf8(content))
    return not('This file is not in UTF-8, and saving it here would damage it.', 'Change it in a clone with git.')
  const text = content.toString()
  if (lfsPointer.test(text))
    return not(
      'This file is kept by Git LFS, and only a pointer to it lies here.',
      'Change it in a clone with git-lfs.',
    )
  return { text, refusal: null }
}
