/** For tests only: whole histories written at once. */
import type { Source } from './revision.ts'

export type Files = Record<string, string>
export interface Commit {
  subject: string
  parents: string[]
  /** All that is there after it, bytes as latin1; a name in quotes is as fast-import reads it. */
  files: Files
  /** Seconds after the one before it. */
  later?: number
}

/** Writes a history into a bare repository, `main` at its end, and gives the oid of its last commit. */
export async function writeHistory({ git, folder }: Source, commits: readonly Commit[]): Promise<string> {
  let seconds = 1_700_000_000
  const text = commits.map(({ subject, parents, files, later = 60 }) => {
    seconds += later
    const marks = parents.map((parent) => commits.findIndex((commit) => commit.subject === parent) + 1)
    return [
      'commit refs/heads/main',
      `mark :${commits.findIndex((commit) => commit.subject === subject) + 1}`,
      `committer Ana <ana@example.com> ${seconds} +0000`,
      `data ${subject.length}`,
      subject,
      ...marks.map((mark, nth) => `${nth === 0 ? 'from' : 'merge'} :${mark}`),
      'deleteall',
      ...Object.entries(files).flatMap(([path, content]) => [
        `M ${content.startsWith('!') ? '100755' : '100644'} inline ${path}`,
        `data ${content.length}`,
        content,
      ]),
      '',
    ].join('\n')
  })
  const input = Buffer.from(`reset refs/heads/main\n${text.join('')}`, 'latin1')
  await git.run(['fast-import', '--quiet', '--force'], { repository: folder, input })
  return (await git.objects(folder).info('refs/heads/main'))?.oid ?? ''
}
