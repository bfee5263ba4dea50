import { Lru } from '../../protocols/lru.ts'
import { GitError } from '../git-error.ts'
import type { Source } from '../revision.ts'
import { brokenOwners, type OwnerRules, parseCodeOwners } from './parse.ts'

/** Where the file may be: the first that is there counts, even where it cannot be used. */
const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const
const mostBytes = 1_000_000

export interface OwnersFile extends OwnerRules {
  /** Null where there is none: then nobody owns anything. */
  path: string | null
}

const nowhere: OwnersFile = { path: null, isBroken: false, lines: [], problems: [] }

const read = new Lru<string, OwnerRules>(30)
/** A commit holds for ever what it holds: git is asked once where its file is. */
const located = new Lru<string, { path: string; mode: string; oid: string } | null>(500)

/**
 * `code-owners/` reads who owns which files of a branch, as its CODEOWNERS says. It never decides what an owner's word is
 * worth. A file that is too large, not text, or not a plain file is broken: nobody can own by it.
 */
export async function readCodeOwners(source: Source, commit: string): Promise<OwnersFile> {
  const found = await locate(source, commit)
  if (found === null) return nowhere
  const { path, mode, oid } = found
  if (!mode.startsWith('100')) return { path, ...brokenOwners('It is not a plain file.') }
  const known = read.get(oid)
  if (known !== undefined) return { path, ...known }
  const rules = await parse(source, oid)
  read.set(oid, rules)
  return { path, ...rules }
}

async function locate({ git, folder }: Source, commit: string) {
  const key = `${folder} ${commit}`
  const known = located.get(key)
  if (known !== undefined) return known
  const { stdout } = await git.run(['ls-tree', '-z', '--end-of-options', commit, '--', ...places], {
    repository: folder,
  })
  const entries = stdout
    .toString()
    .split('\0')
    .flatMap((entry) => {
      const [, mode = '', oid = '', path] = /^([0-7]{6}) \w+ ([0-9a-f]{40})\t([\s\S]+)$/.exec(entry) ?? []
      return path === undefined ? [] : [{ mode, oid, path }]
    })
  const found = places.flatMap((place) => entries.find(({ path }) => path === place) ?? [])[0] ?? null
  located.set(key, found)
  return found
}

async function parse({ git, folder }: Source, oid: string): Promise<OwnerRules> {
  try {
    const blob = await git.objects(folder).read(oid, { maxBytes: mostBytes })
    if (blob === undefined) return brokenOwners('It cannot be read.')
    if (blob.content.includes(0)) return brokenOwners('It is not text.')
    return parseCodeOwners(blob.content.toString())
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'object-too-large') throw error
    return brokenOwners('It is larger than 1 MB.')
  }
}
