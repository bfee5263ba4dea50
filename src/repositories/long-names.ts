import { escapeHidden } from '../audit/record.ts'
import { type Git, GitError } from './git.ts'
import type { Refusal } from './push-judgement.ts'
import { eachPart } from './read-stream.ts'

/** As long as a name may be where somebody checks it out: no system has files of longer ones. */
const mostNameBytes = 255
const mostPathBytes = 4096

const mostMinutes = 10

interface Wanted {
  folder: string
  quarantine: string
  tips: readonly string[]
}

/**
 * Why what came cannot stay, where it holds a path that can be checked out nowhere. Asked of what each new commit adds to its
 * first parent: of each path once, however many commits it stays for, and not of what is being taken out. git compares
 * trees for it, which costs about an eighth of what taking the pack in did; whoever makes that last is refused.
 */
export async function findLongNames(git: Git, wanted: Wanted): Promise<Omit<Refusal, 'ref'> | undefined> {
  if (wanted.tips.length === 0) return undefined
  try {
    const path = await findPath(git, wanted)
    return path === undefined ? undefined : refuse('a name is too long', sayTooLong(path), renameIt)
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git-timeout') throw error
    const said = `The names of so many files could not be read within ${mostMinutes} minutes.`
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

/** As git has it, a byte being a character; of a very long one its beginning. */
async function findPath(git: Git, { folder, quarantine, tips }: Wanted): Promise<string | undefined> {
  const additions = ['--root', '--diff-merges=first-parent', '--no-renames', '--diff-filter=A', '--name-only', '-z']
  let found: string | undefined
  await git.run(['log', '--format=', ...additions, '--stdin', '--not', '--all'], {
    repository: folder,
    objectDirectory: quarantine,
    input: `${tips.join('\n')}\n`,
    timeoutMs: mostMinutes * 60_000,
    take: eachPart('\0', (path) => {
      if (path.length > mostNameBytes && (path.length > mostPathBytes || longNameIn(path) !== undefined)) found ??= path
      return found === undefined ? 'more' : 'enough'
    }),
  })
  return found
}

const longNameIn = (path: string): string | undefined => path.split('/').find((name) => name.length > mostNameBytes)

const shownBytes = 80

function sayTooLong(path: string): string {
  const begins = Buffer.from(path.slice(0, shownBytes), 'latin1').toString().replace(/�+$/, '')
  const shown = `${escapeHidden(begins)}…`
  const name = longNameIn(path)
  return name === undefined
    ? `The path ${shown} has more than ${mostPathBytes} bytes, and can be checked out nowhere.`
    : `A name in the path ${shown} has more than ${mostNameBytes} bytes, and can be checked out nowhere.`
}
