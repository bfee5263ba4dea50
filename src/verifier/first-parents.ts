import type { Readable } from 'node:stream'
import type { Repository } from './git.ts'

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
