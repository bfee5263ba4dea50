import { Lru } from '../../protocols/lru.ts'
import type { Source } from '../../repositories/revision.ts'

export interface CommitPeople {
  oid: string
  /** Mail addresses, lower case. */
  author: string
  committer: string
}

const maxListBytes = 32 * 1024 ** 2

const known = new Lru<string, CommitPeople[]>(200)

/** Who wrote and committed what `head` has and `base` has not, by the commits' own words. */
export async function listCommitPeople(
  { git, folder }: Source,
  { base, head }: { base: string; head: string },
): Promise<CommitPeople[]> {
  const key = `${folder} ${base} ${head}`
  const before = known.get(key)
  if (before !== undefined) return before
  const { stdout } = await git.run(
    ['log', '-z', '--format=%H %ae%x00%ce', '--end-of-options', head, `^${base}`, '--'],
    {
      repository: folder,
      maxOutputBytes: maxListBytes,
    },
  )
  const fields = stdout.toString().split('\0')
  const people: CommitPeople[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [first = '', committer = ''] = fields.slice(at, at + 2)
    people.push({ oid: first.slice(0, 40), author: first.slice(41).toLowerCase(), committer: committer.toLowerCase() })
  }
  known.set(key, people)
  return people
}
