import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Id } from '../../src/database/id.ts'
import type { RefUpdateTable } from '../../src/database/schema.ts'
import { firstRule, type BranchRule } from '../../src/repositories/branch-rule.ts'
import { commitAs, gitOrThrow, withToken } from '../../src/walk/git.ts'
import type { Person } from '../../src/walk/person.ts'
import { type RunningPush, startPush } from './held-push.ts'
import type { StartedPostern } from './start-postern.ts'

export interface Repository {
  id: Id<'rep'>
  /** Below `/api/v1`. */
  path: string
  url: string
  work: string
  token: string
  /** Writes a file of this name on the branch that is checked out; returns the new commit. */
  commit(file: string, message?: string): Promise<string>
  git(...args: string[]): Promise<string>
  /** Begins to push and comes back at once. */
  push(...args: string[]): RunningPush
  /** Where the server has a branch; empty where it has none. */
  tip(branch: string): Promise<string>
  setRule(branch: string, rule: Partial<BranchRule>): Promise<void>
  setPush(branch: string, push: BranchRule['push']): Promise<void>
  lastUpdate(ref: string): Promise<RefUpdateTable>
  /** The facts of every refused push, oldest first. */
  refusals(): Promise<{ code: string; ref: string; reason: string }[]>
  /** What became of pushes that waited, oldest first. */
  outcomes(): Promise<(string | null)[]>
}

/** A repository `name` whose main has one commit, made by this person with real git. */
export async function makeHeld(postern: StartedPostern, person: Person, name: string): Promise<Repository> {
  const [project = '', repository = ''] = name.split('/')
  const path = `/projects/${project}/repositories/${repository}`
  await person.call('POST', '/projects', { name: project, description: '' }).catch(() => {})
  const { id } = await person.call<{ id: Id<'rep'> }>('POST', `/projects/${project}/repositories`, {
    name: repository,
    description: '',
  })
  const token = await person.makeToken(`for ${name}`)
  const work = join(postern.folder, `work-${project}-${repository}`)
  const url = `${postern.origin}/${name}.git`
  await mkdir(work, { recursive: true })
  const read = () => postern.postern.ceremonies.database.read
  const git = async (...args: string[]): Promise<string> =>
    (await gitOrThrow(work, [...withToken(token), ...args], commitAs('Ana', 'ana@example.com', Date.now()))).trim()
  const made: Repository = {
    id,
    path,
    url,
    work,
    token,
    git,
    async commit(file, message = `Add ${file}`) {
      await writeFile(join(work, file), `${file}\n`)
      await git('add', '--all')
      await git('commit', '--quiet', '--message', message)
      return git('rev-parse', 'HEAD')
    },
    push: (...args) => startPush(work, token, ['origin', ...args]),
    async tip(branch) {
      return (await git('ls-remote', 'origin', `refs/heads/${branch}`)).slice(0, 40)
    },
    async setRule(branch, rule) {
      await postern.postern.ceremonies.database.write((tx) =>
        tx
          .updateTable('protectedBranch')
          .set({ rule: JSON.stringify({ ...firstRule, ...rule }), stockVerifiableOnly: 0 })
          .where('repositoryId', '=', id)
          .where('ref', '=', `refs/heads/${branch}`)
          .execute(),
      )
    },
    setPush: (branch, push) => made.setRule(branch, { push }),
    lastUpdate: (ref) =>
      read()
        .selectFrom('refUpdate')
        .selectAll()
        .where('repositoryId', '=', id)
        .where('ref', '=', ref)
        .orderBy('createdAt', 'desc')
        .executeTakeFirstOrThrow(),
    async refusals() {
      const rows = await read()
        .selectFrom('auditEvent')
        .select('leaf')
        .where('action', '=', 'push.refused')
        .where('repositoryId', '=', id)
        .orderBy('occurredAt')
        .orderBy('id')
        .execute()
      return rows.map(
        ({ leaf }) => (JSON.parse(leaf) as { facts: { code: string; ref: string; reason: string } }).facts,
      )
    },
    async outcomes() {
      const rows = await read()
        .selectFrom('heldPush')
        .select('outcome')
        .where('repositoryId', '=', id)
        .orderBy('createdAt')
        .execute()
      return rows.map(({ outcome }) => outcome)
    },
  }
  await git('init', '--quiet', '--initial-branch=main', '.')
  await git('remote', 'add', 'origin', url)
  await made.commit('README.md')
  await git('push', '--quiet', 'origin', 'main')
  return made
}
