import { isUtf8 } from 'node:buffer'
import { notFound } from '../http/problem.ts'
import { Lru } from '../protocols/lru.ts'
import { checkShortRefName } from '../protocols/git/ref-name.ts'
import { GitError } from '../repositories/git-error.ts'
import { findTip, type Source } from '../repositories/revision.ts'
import { mostDescription } from './routes/shapes.ts'
import type { DescriptionTemplate } from './shapes.ts'

/** Of several the first counts, in the order in which CODEOWNERS is looked for; of one folder the first by its bytes. */
const places = [
  /^\.github\/pull_request_template\.md$/i,
  /^pull_request_template\.md$/i,
  /^docs\/pull_request_template\.md$/i,
]
const folders = ['.github/', 'docs/']

const mostBytes = 64 * 1024
const mostListed = 16 * 1024 ** 2

const none: DescriptionTemplate = { path: null, text: '' }
/** A commit holds for ever what it holds. */
const known = new Lru<string, DescriptionTemplate>(200)

/**
 * What the description of a pull request into a branch begins with, by the file that the branch has for it at its tip. Text
 * that fits into a description, in a plain file; anything else is none. @throws 404 where there is no such branch
 */
export async function readDescriptionTemplate(source: Source, branch: string): Promise<DescriptionTemplate> {
  const tip = checkShortRefName(branch) === undefined ? await findTip(source, `refs/heads/${branch}`) : undefined
  if (tip === undefined) throw notFound('This branch')
  const key = `${source.folder} ${tip}`
  const before = known.get(key)
  if (before !== undefined) return before
  const template = await readAt(source, tip).catch((error: unknown) => {
    if (error instanceof GitError && tooLarge.has(error.code)) return none
    throw error
  })
  known.set(key, template)
  return template
}

const tooLarge: ReadonlySet<string | undefined> = new Set(['object-too-large', 'git-output-too-large'])

async function readAt(source: Source, commit: string): Promise<DescriptionTemplate> {
  const entries = [...(await list(source, commit)), ...(await list(source, commit, folders))]
  const found = places.flatMap((place) => entries.find(({ path }) => place.test(path)) ?? [])[0]
  // A link, a folder or a submodule of that name.
  if (found === undefined || !found.mode.startsWith('100')) return none
  const blob = await source.git.objects(source.folder).read(found.oid, { maxBytes: mostBytes })
  if (blob === undefined || blob.content.includes(0) || !isUtf8(blob.content)) return none
  const text = blob.content
    .toString()
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
  return text.length > mostDescription ? none : { path: found.path, text }
}

async function list({ git, folder }: Source, commit: string, paths: readonly string[] = []) {
  const { stdout } = await git.run(['ls-tree', '-z', '--end-of-options', commit, ...paths], {
    repository: folder,
    maxOutputBytes: mostListed,
  })
  return stdout
    .toString()
    .split('\0')
    .flatMap((entry) => {
      const [, mode = '', oid = '', path] = /^([0-7]{6}) \w+ ([0-9a-f]{40})\t([\s\S]+)$/.exec(entry) ?? []
      return path === undefined ? [] : [{ mode, oid, path }]
    })
}
