import { SEALS_REF, SIGNERS_REF } from '../seals/format/projection.ts'
import type { Repository } from './git.ts'

export interface NamedTag {
  oid: string
  isAnnotated: boolean
  /** In bytes, of what it names. */
  size: number
}

/** What a clone's refs said at one moment: whoever moves them meanwhile changes no verdict half-way. */
export interface CloneRefs {
  /** Object ids of branches and of refs/postern/signers and seals, by full name. */
  oids: ReadonlyMap<string, string>
  /** Tags by full name. */
  tags: ReadonlyMap<string, NamedTag>
  /** Full name of the branch that the clone is on, where there is such a branch. */
  current: string | undefined
  /** Whether git would show other objects than the commits name. */
  hasReplaced: boolean
}

const FORMAT = '%(HEAD)%(objectname) %(objecttype) %(objectsize) %(refname)'

export async function readRefs(repository: Repository): Promise<CloneRefs> {
  const patterns = ['refs/heads/', 'refs/tags/', 'refs/replace/', SIGNERS_REF, SEALS_REF]
  const oids = new Map<string, string>()
  const tags = new Map<string, NamedTag>()
  let current: string | undefined
  let hasReplaced = false
  for (const line of await repository.lines(['for-each-ref', `--format=${FORMAT}`, ...patterns])) {
    const [, mark, oid = '', type, size, ref = ''] = /^([ *])([0-9a-f]+) ([a-z]+) (\d+) (.+)$/.exec(line) ?? []
    if (ref.startsWith('refs/replace/')) hasReplaced = true
    else if (ref.startsWith('refs/tags/')) tags.set(ref, { oid, isAnnotated: type === 'tag', size: Number(size) })
    else oids.set(ref, oid)
    if (mark === '*') current = ref
  }
  return { oids, tags, current, hasReplaced }
}
