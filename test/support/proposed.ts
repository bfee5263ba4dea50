import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commitAs, gitOrThrow, withToken } from '../../src/walk/git.ts'
import type { Person } from '../../src/walk/person.ts'
import type { StartedPostern } from './start-postern.ts'

export interface Proposing {
  /** Below `/api/v1`. */
  path: string
  /** Pushes a branch with one file and opens a pull request for it; returns its number. */
  propose(branch: string): Promise<number>
  /** Prepares, taps and merges. */
  merge(person: Person, number: number, method?: string): Promise<{ mergeOid: string }>
  /** Stock git where it was pushed from, with a token. */
  git(...args: string[]): Promise<string>
}

/** A repository `name` with a protected `main`, made by this person with real git. */
export async function makeProposing(
  { folder, origin }: Pick<StartedPostern, 'folder' | 'origin'>,
  person: Person,
  name: string,
): Promise<Proposing> {
  const [project = '', repository = ''] = name.split('/')
  const path = `/projects/${project}/repositories/${repository}`
  await person.call('POST', '/projects', { name: project, description: '' })
  await person.call('POST', `/projects/${project}/repositories`, { name: repository, description: '' })
  const token = await person.makeToken(`for ${name}`)
  const work = join(folder, `work-${project}-${repository}`)
  await mkdir(work, { recursive: true })
  const commit = async (file: string): Promise<void> => {
    await writeFile(join(work, file), `${file}\n`)
    await gitOrThrow(work, ['add', '--all'])
    await gitOrThrow(
      work,
      ['commit', '--quiet', '--message', `Add ${file}`],
      commitAs('Ana', 'ana@example.com', Date.now()),
    )
  }
  const push = (branch: string): Promise<string> =>
    gitOrThrow(work, [...withToken(token), 'push', '--quiet', `${origin}/${name}.git`, branch])
  await gitOrThrow(work, ['init', '--quiet', '--initial-branch=main', '.'])
  await gitOrThrow(work, ['remote', 'add', 'origin', `${origin}/${name}.git`])
  await commit('README.md')
  await push('main')
  return {
    path,
    async propose(branch) {
      await gitOrThrow(work, ['switch', '--quiet', '--create', branch, 'main'])
      await commit(`${branch}.txt`)
      await push(branch)
      const { number } = await person.call<{ number: number }>('POST', `${path}/pull-requests`, {
        title: `Add ${branch}`,
        description: '',
        sourceBranch: branch,
        targetBranch: 'main',
      })
      return number
    },
    async merge(by, number, method = 'merge') {
      const { sealRequestId } = await by.call<{ sealRequestId: string }>(
        'POST',
        `${path}/pull-requests/${number}/merge-preparation`,
        { method },
      )
      const seal = await by.tap(sealRequestId)
      return by.call('POST', `${path}/pull-requests/${number}/merge`, { method }, { 'postern-seal': seal })
    },
    git: (...args) => gitOrThrow(work, [...withToken(token), ...args]),
  }
}
