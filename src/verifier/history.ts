import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'

/** What one commit did to one file; object ids are blobs, zeros where there is none. */
export interface Change {
  status: string
  path: string
  before: string
  after: string
}

/**
 * What happened to files on refs that should only grow, but for those that were added; newest first, in the order of the
 * refs. Each is one line of commits. Throws CannotJudge `history-rewritten`.
 */
export async function readHistories(
  repository: Repository,
  refs: readonly { ref: string; tip: string }[],
): Promise<Change[][]> {
  const tips = refs.map(({ tip }) => tip)
  const parents = new Map<string, string[]>()
  for (const line of await repository.lines(['rev-list', '--parents', '--end-of-options', ...tips, '--'])) {
    const [oid = '', ...more] = line.split(' ')
    parents.set(oid, more)
  }
  const lines = refs.map(({ ref, tip }) => lineOf(ref, tip, parents))
  const changes = await readChanges(repository, [...parents.keys()])
  return lines.map((line) => line.flatMap((oid) => changes.get(oid) ?? []))
}

/** The commits of a ref, newest first. */
function lineOf(ref: string, tip: string, parents: ReadonlyMap<string, string[]>): string[] {
  const line: string[] = []
  for (let oid: string | undefined = tip; oid !== undefined;) {
    const listed = parents.get(oid)
    // git looks through a tag to the commits below it; this walk would end before it began.
    if (!listed) throw new CannotJudge('history-rewritten', `${ref} does not name a commit`)
    if (listed.length > 1) {
      throw new CannotJudge('history-rewritten', `${ref} has a merge in it; it should only grow`)
    }
    line.push(oid)
    oid = listed[0]
  }
  return line
}

const PLAIN = '100644'

/** By commit; only those that did more than add files. */
async function readChanges(repository: Repository, oids: readonly string[]): Promise<Map<string, Change[]>> {
  const options = ['--stdin', '--root', '-r', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff']
  const output = await repository.run(['diff-tree', ...options, '--diff-filter=a'], `${oids.join('\n')}\n`)
  const changes = new Map<string, Change[]>()
  let current: Change[] = []
  for (const line of output.split('\n')) {
    if (!line.startsWith(':')) {
      current = []
      changes.set(line, current)
      continue
    }
    const [, mode, before = '', after = '', status = '', path = ''] =
      /^:\d+ (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\t(.*)$/.exec(line) ?? []
    // Whoever reads them looks at plain files alone: one that is none any more is as good as gone.
    current.push({ status: mode === PLAIN ? status : 'D', path, before, after })
  }
  return changes
}
