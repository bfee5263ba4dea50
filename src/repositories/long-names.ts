import { escapeHidden } from '../audit/record.ts'
import { emptyTree } from './git-environment.ts'
import { type Git, GitError } from './git.ts'
import type { Refusal } from './push-judgement.ts'
import { eachPart } from './read-stream.ts'

/**
 * As long as a name may be where somebody checks it out. Linux counts its bytes, Windows the 16-bit units of its characters,
 * of which each may be three bytes: only what is too long for both is so everywhere.
 */
const mostInName = 255
const mostPathBytes = 4096

const mostMinutes = 10
const mostCommits = 50
const mostTips = 20

interface Wanted {
  folder: string
  quarantine: string
  tips: readonly string[]
}

/**
 * Why what came cannot stay, where it holds a path that can be checked out nowhere. Asked of what each new commit adds to its
 * first parent: of each path once, however many commits it stays for, and not of what is being taken out. git compares
 * trees for it, which of a whole history would cost an eighth of what taking it in did: of very many commits the last ones
 * are asked, and what the branches add in the end to the default one. Whoever makes that last is refused.
 */
export async function findLongNames(git: Git, wanted: Wanted): Promise<Omit<Refusal, 'ref'> | undefined> {
  if (wanted.tips.length === 0) return undefined
  try {
    const path = await findPath(git, wanted)
    return path === undefined ? undefined : refuse('a name is too long', sayTooLong(path), renameIt)
  } catch (error) {
    if (!(error instanceof GitError) || (error.code !== 'git-timeout' && error.code !== 'git-memory')) throw error
    const said =
      error.code === 'git-timeout'
        ? `The names of so many files could not be read within ${mostMinutes} minutes.`
        : 'The names of so many files take more memory than there is.'
    return refuse('its names are too many', said, 'Bring its history in parts: an older commit first.')
  }
}

const renameIt = 'Rename it in your commits and push again.'

const refuse = (reason: string, ...sentences: Refusal['sentences']): Omit<Refusal, 'ref'> => ({
  outcome: 'refuse',
  code: 'name-too-long',
  reason,
  sentences,
})

/** What no path is. */
const mark = '//'
const additions = ['--no-renames', '--diff-filter=A', '--name-only', '-z'] as const

/** As git has it, a byte being a character; of a very long one its beginning. */
async function findPath(git: Git, wanted: Wanted): Promise<string | undefined> {
  const newest = [
    'log',
    `--format=tformat:${mark}`,
    `--max-count=${mostCommits}`,
    '--root',
    '--diff-merges=first-parent',
  ]
  const { found, commits } = await readPaths(git, wanted, {
    args: [...newest, ...additions, '--stdin', '--not', '--all'],
    input: `${wanted.tips.join('\n')}\n`,
  })
  if (found !== undefined || commits < mostCommits) return found
  const here = (await git.objects(wanted.folder).info('HEAD^{tree}'))?.oid ?? emptyTree
  for (const tip of wanted.tips.slice(0, mostTips)) {
    const held = await readPaths(git, wanted, { args: ['diff-tree', '-r', ...additions, here, tip] })
    if (held.found !== undefined) return held.found
  }
  return undefined
}

/** What git names: a path that is too long, or how many commits it spoke of. */
async function readPaths(
  git: Git,
  { folder, quarantine }: Wanted,
  { args, input }: { args: readonly string[]; input?: string },
): Promise<{ found: string | undefined; commits: number }> {
  let found: string | undefined
  let commits = 0
  let isFirst = false
  await git.run(args, {
    repository: folder,
    objectDirectory: quarantine,
    ...(input === undefined ? {} : { input }),
    timeoutMs: mostMinutes * 60_000,
    take: eachPart('\0', (part) => {
      if (part === mark) {
        commits += 1
        isFirst = true
        return 'more'
      }
      // git puts a line end between what it was told to say of a commit and its paths.
      const path = isFirst ? part.slice(1) : part
      isFirst = false
      if (path.length > mostInName && (path.length > mostPathBytes || longNameIn(path) !== undefined)) found = path
      return found === undefined ? 'more' : 'enough'
    }),
  })
  return { found, commits }
}

const longNameIn = (path: string): string | undefined =>
  path.split('/').find((name) => name.length > mostInName && Buffer.from(name, 'latin1').toString().length > mostInName)

const shownBytes = 80

function sayTooLong(path: string): string {
  const begins = Buffer.from(path.slice(0, shownBytes), 'latin1').toString().replace(/�+$/, '')
  const shown = `${escapeHidden(begins)}…`
  const name = longNameIn(path)
  return name === undefined
    ? `The path ${shown} has more than ${mostPathBytes} bytes, and can be checked out nowhere.`
    : `A name in the path ${shown} has more than ${mostInName} characters, and can be checked out nowhere.`
}
