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

const read = new Lru<string, OwnerRules>(30)

/**
 * `code-owners/` reads who owns which files of a branch, as its CODEOWNERS says. It never decides what an owner's word is
 * worth. A file that is too large, not text, or not a plain file is broken: nobody can own by it.
 */
export async function readCodeOwners({ git, folder }: Source, commit: string): Promise<OwnersFile> {
  const { stdout } = await git.run(['ls-tree', '-z', '--end-of-options', commit, '--', ...places], {
    repository: folder,
  })
  const entries = new Map(
    stdout
      .toString()
      .split('\0')
      .flatMap((entry) => {
        const [, mode, oid, path] = /^([0-7]{6}) \w+ ([0-9a-f]{40})\t([\s\S]+)$/.exec(entry) ?? []
        return path === undefined ? [] : [[path, { mode, oid: oid ?? '' }] as const]
      }),
  )
  const path = places.find((place) => entries.has(place))
  if (path === undefined) return { path: null, isBroken: false, lines: [], problems: [] }
  const { mode = '', oid = '' } = entries.get(path) ?? {}
  if (!mode.startsWith('100')) return { path, ...brokenOwners('It is not a plain file.') }
  const known = read.get(oid)
  if (known !== undefined) return { path, ...known }
  const rules = await parse({ git, folder }, oid)
  read.set(oid, rules)
  return { path, ...rules }
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
