import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'

/** What one commit did to one file; object ids are blobs, zeros where there is none. */
export interface Change {
  status: string
  path: string
  before: string
  after: string
}

/** A ref that only grows, told by all of its commits. */
export interface History {
  /** Blob ids of the plain files at its tip, by path. */
  files: Map<string, string>
  /** Everything but additions, newest first. */
  changes: Change[]
}

interface Step extends Change {
  isPlain: boolean
}

/** The histories of refs, in the order of their tips; each is one line of commits. Throws CannotJudge `history-rewritten`. */
export async function readHistories(
  repository: Repository,
  refs: readonly { ref: string; tip: string }[],
): Promise<History[]> {
  const tips = refs.map(({ tip }) => tip)
  const parents = new Map<string, string[]>()
  for (const line of await repository.lines(['rev-list', '--parents', '--end-of-options', ...tips, '--'])) {
    const [oid = '', ...more] = line.split(' ')
    parents.set(oid, more)
  }
  const steps = await readSteps(repository, [...parents.keys()])
  return refs.map(({ ref, tip }) => replay(lineOf(ref, tip, parents), steps))
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

async function readSteps(repository: Repository, oids: readonly string[]): Promise<Map<string, Step[]>> {
  const options = ['--stdin', '--root', '-r', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff']
  const lines = await repository.lines(['diff-tree', ...options], `${oids.join('\n')}\n`)
  const steps = new Map<string, Step[]>()
  let current: Step[] = []
  for (const line of lines) {
    if (!line.startsWith(':')) {
      current = []
      steps.set(line, current)
      continue
    }
    const [, mode, before = '', after = '', status = '', path = ''] =
      /^:\d+ (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\t(.*)$/.exec(line) ?? []
    current.push({ status, path, before, after, isPlain: mode === '100644' })
  }
  return steps
}

function replay(line: readonly string[], steps: ReadonlyMap<string, readonly Step[]>): History {
  const files = new Map<string, string>()
  const changes: Change[] = []
  for (const oid of line.toReversed()) {
    for (const step of steps.get(oid) ?? []) {
      if (step.status !== 'A') changes.push(step)
      if (step.isPlain) files.set(step.path, step.after)
      else files.delete(step.path)
    }
  }
  return { files, changes: changes.toReversed() }
}
