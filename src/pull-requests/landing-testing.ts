/** For tests only: what every test of landing does over and over. */
import assert from 'node:assert/strict'
import { ProblemError } from '../http/problem.ts'
import { type BranchRule, firstRule } from '../repositories/branch-rule.ts'
import { readRef } from '../repositories/refs.ts'
import type { Bypass } from './bypass.ts'
import { merge } from './merge.ts'
import { openPullRequest } from './open.ts'
import { prepareMerge } from './prepare-merge.ts'
import { openPullRequests, type Protected, type PullRequestFixture, type Tapper } from './pull-request-testing.ts'
import type { MergeMethod } from './shapes.ts'

export interface How {
  method?: MergeMethod
  bypass?: Bypass
}

export function landingIn(fixture: PullRequestFixture) {
  const question = (
    { place }: Pick<Protected, 'place'>,
    { caller }: Tapper,
    number: number,
    { method = 'merge', bypass }: How,
  ) => ({ place, caller, number, method, bypass })
  const prepare = (repository: Protected, person: Tapper, number: number, how: How = {}) =>
    prepareMerge(fixture.parts, question(repository, person, number, how))
  const release = (repository: Protected, person: Tapper, number: number, sealId: string, how: How = {}) =>
    merge(fixture.parts, { ...question(repository, person, number, how), caller: person.caller, sealId })
  return {
    question,
    prepare,
    release,
    async land(repository: Protected, person: Tapper, number: number, how: How = {}): Promise<string> {
      const { sealRequestId } = await prepare(repository, person, number, how)
      return (await release(repository, person, number, await person.tap(sealRequestId), how)).mergeOid
    },
    async open(
      { place }: Protected,
      person: Tapper,
      branch: string,
      words: { title?: string; description?: string } = {},
    ): Promise<number> {
      const { title = `Add ${branch}`, description = '' } = words
      const wanted = { title, description, sourceBranch: branch, targetBranch: 'main' }
      return (await openPullRequest(fixture.parts, place, person.caller, wanted)).number
    },
    tip: ({ place }: Protected, ref = 'refs/heads/main'): Promise<string> => readRef(fixture.git, place.folder, ref),
    rowOf: ({ place }: Protected, number: number) =>
      fixture.database.read
        .selectFrom('pullRequest')
        .selectAll()
        .where('repositoryId', '=', place.repository.id)
        .where('number', '=', number)
        .executeTakeFirstOrThrow(),
    /** As an administrator would have sealed it. */
    setRule: ({ place }: Protected, rule: Partial<BranchRule>) =>
      fixture.database.write((tx) =>
        tx
          .updateTable('protectedBranch')
          .set({
            rule: JSON.stringify({ ...firstRule, ...rule }),
            stockVerifiableOnly: (rule.stockVerifiableOnly ?? false) ? 1 : 0,
          })
          .where('repositoryId', '=', place.repository.id)
          .where('ref', '=', 'refs/heads/main')
          .execute(),
      ),
    /** Leases are a courtesy; two people who got past them still race for the ref. */
    endLeases: () => fixture.database.write((tx) => tx.deleteFrom('branchLease').execute()),
  }
}

/** Two who may merge, and repositories in which every way to land is allowed. */
export async function openLanding() {
  const fixture = await openPullRequests()
  const ana = await fixture.addTapper('ana-lee')
  const bob = await fixture.addTapper('bob')
  const on = landingIn(fixture)
  let made = 0
  return {
    fixture,
    ana,
    bob,
    on,
    async addProtected(): Promise<Protected> {
      const repository = await fixture.addProtected(`repository-${++made}`, ana)
      await on.setRule(repository, anyMethod)
      return repository
    },
  }
}

export const anyMethod: Pick<BranchRule, 'methods'> = { methods: ['merge', 'squash', 'rebase', 'fast-forward'] }

export async function expectProblem(work: Promise<unknown>, code: string, says = /(?:)/): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof ProblemError, String(error))
    assert.equal(error.code, code)
    assert.match(`${error.message} ${error.details.detail ?? ''} ${error.details.help ?? ''}`, says)
    return true
  })
}
