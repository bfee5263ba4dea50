import { ProblemError } from '../http/problem.ts'
import type { Source } from './revision.ts'

/** From git 2.41 on a pattern costs no more than its length times that of a path. */
const mendedMinor = 41
const mostDeep = 2
const mostBytes = 1024 ** 2
const mostFiles = 1_000

/**
 * An archive is the one thing for which git reads the attributes that lie in a repository. Where git is older, a pattern
 * of several `**` takes it for ever over a deep path, so a commit that has one is not archived. @throws 422
 */
export async function refuseRunawayAttributes(source: Source, commit: string): Promise<void> {
  const { git, folder } = source
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(git.version()) ?? []
  if (Number(major) > 2 || Number(minor) >= mendedMinor) return
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit], {
    repository: folder,
    maxOutputBytes: 64 * 1024 ** 2,
  })
  const oids = new Set<string>()
  for (const entry of stdout.toString('latin1').split('\0'))
    if (entry.endsWith('.gitattributes')) {
      const [, oid] = /^\d{6} blob ([0-9a-f]{40})\t(?:[^]*\/)?\.gitattributes$/.exec(entry) ?? []
      if (oid !== undefined) oids.add(oid)
    }
  if (oids.size > mostFiles) throw notArchived()
  for (const oid of oids) {
    const file = await git.objects(folder).read(oid)
    if (file === undefined || file.size > mostBytes || file.content.toString('latin1').split('\n').some(isRunaway))
      throw notArchived()
  }
}

/** The pattern is the first word, or in quotes as in C. */
function isRunaway(line: string): boolean {
  const text = line.trimStart()
  if (text.startsWith('#')) return false
  const pattern = text.startsWith('"')
    ? text.replaceAll(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    : (text.split(/[ \t\r]/, 1)[0] ?? '')
  return (pattern.match(/\*\*/g)?.length ?? 0) > mostDeep
}

const notArchived = (): ProblemError =>
  new ProblemError(422, 'attributes-too-complex', 'The .gitattributes of this commit take git too long to compare.', {
    help: 'Clone the repository, and make the archive with git on your own machine.',
  })
