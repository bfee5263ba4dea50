import type { Readable } from 'node:stream'
import type { Repository } from './git.ts'
import type { ObjectReader } from './object-reader.ts'

export interface Line {
  /** Oldest first, without the commit where the walk ended. */
  oids: string[]
  /** First parent of the oldest; undefined where the walk met the root of the history. */
  end: string | undefined
}

/** First-parent commits from the tip down to `until` or `floor`, as git lists them: a proposal, for `walk` to check. */
export async function firstParents(
  repository: Repository,
  from: { tip: string; until: string; floor: string },
): Promise<Line> {
  const child = repository.start(['rev-list', '--first-parent', '--end-of-options', from.tip, '--'])
  child.stdin?.end()
  // Failing to start shows as a list that is empty.
  child.on('error', () => undefined)
  const oids: string[] = []
  let end: string | undefined
  let rest = ''
  reading: for await (const chunk of child.stdout as Readable as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const oid of lines) {
      if (oid === from.until || oid === from.floor) {
        end = oid
        break reading
      }
      oids.push(oid)
    }
  }
  child.kill()
  return { oids: oids.toReversed(), end }
}

/** Whether a commit is on the first-parent line below where judging began. Each link is checked in the commits themselves. */
export async function isOnLine(
  { repository, objects }: { repository: Repository; objects: ObjectReader },
  oid: string,
  span: { from: string | undefined; floor: string },
): Promise<boolean> {
  if (span.from === undefined) return false
  const { oids, end } = await firstParents(repository, { tip: span.from, until: oid, floor: span.floor })
  if (end !== oid) return false
  const commits = await objects.read(oids, 'commit')
  return commits.every((commit, index) => firstParentOf(commit) === (oids[index - 1] ?? end))
}

const HEAD_BYTES = 96

/**
 * By the one line that git reads it from, in which it takes large letters too. Whatever else of a commit is odd, git takes
 * it, and with it whoever merges it cannot make what was proven unproven.
 */
export function treeOf(commit: Buffer): string | undefined {
  return /^tree ([0-9a-fA-F]{40})\n/.exec(commit.toString('latin1', 0, HEAD_BYTES))?.[1]?.toLowerCase()
}

/** Headers stand in this order, or it is no commit; text further down cannot be mistaken for them. */
export function firstParentOf(commit: Buffer): string | undefined {
  const headers = /^tree [0-9a-fA-F]{40}\nparent ([0-9a-fA-F]{40})\n/.exec(commit.toString('latin1', 0, HEAD_BYTES))
  return headers?.[1]?.toLowerCase()
}
