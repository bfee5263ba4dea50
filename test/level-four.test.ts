import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { SourceAttestation } from '../src/provenance/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type { ReviewMade } from '../src/pull-requests/review/shapes.ts'
import type { BranchRule } from '../src/repositories/branch-rule.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { postern as command } from './support/command.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

/** From an agent's push to Level 4, with everybody outside the server: git, taps, and a verifier that asks nobody. */
for (const store of eitherStore)
  describe(`what an agent proposes and two people seal, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let robot: string
    let repository: Proposing
    let number: number
    let mergeOid: string
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      ben = await postern.join(ana, 'ben')
      repository = await makeProposing(postern, ana, 'payments/api')
      await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
      // Whose keys these are: Ana vouches for the one that came in by a link.
      const { items } = await ana.call<{ items: { username: string; unendorsed: { id: string }[] }[] }>(
        'GET',
        '/people',
      )
      for (const { id } of items.find(({ username }) => username === 'ben')?.unendorsed ?? [])
        await ana.act('POST', `/people/ben/credentials/${id}/endorse`, {})
      await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      await ana.act('PUT', `${repository.path}/members/user/robot`, { role: 'write' })
      const token = { name: 'robot', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 1 }
      robot = (await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', token)).secret
      const rule = `${repository.path}/protected-branches/main/rule`
      const { rule: now } = await ana.call<{ rule: BranchRule }>('GET', rule)
      await ana.act('PUT', rule, { ...now, approvals: 1, agentApprovals: 1 })
    })
    after(() => postern[Symbol.asyncDispose]())

    const asRobot = (method: string, path: string, body: object) =>
      fetch(`${postern.origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${robot}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const look = (person: Person) => person.call<PullRequestView>('GET', `${repository.path}/pull-requests/${number}`)

    test('the agent pushes a branch and opens a pull request, and can neither approve nor merge it', async () => {
      const work = join(postern.folder, 'robot')
      await mkdir(work)
      await gitOrThrow(work, [...withToken(robot), 'clone', '--quiet', `${postern.origin}/payments/api.git`, '.'])
      await gitOrThrow(work, ['switch', '--quiet', '--create', 'robot-fix'])
      await writeFile(join(work, 'fix.txt'), 'fixed\n')
      await gitOrThrow(work, ['add', '--all'])
      const robotOf = commitAs('Robot', 'robot@localhost', Date.now())
      await gitOrThrow(work, ['commit', '--quiet', '--message', 'Fix it'], robotOf)
      await gitOrThrow(work, [...withToken(robot), 'push', '--quiet', 'origin', 'robot-fix'])
      const opened = await asRobot('POST', `${repository.path}/pull-requests`, {
        title: 'Fix it',
        description: '',
        sourceBranch: 'robot-fix',
        targetBranch: 'main',
      })
      assert.equal(opened.status, 200)
      const view = (await opened.json()) as PullRequestView
      number = view.number
      const pullRequest = `${repository.path}/pull-requests/${number}`
      const review = { verdict: 'approved', body: '', headOid: view.headOid }
      assert.equal((await asRobot('POST', `${pullRequest}/reviews`, review)).status, 403)
      assert.equal((await asRobot('POST', `${pullRequest}/merge-preparation`, { method: 'merge' })).status, 403)
    })

    test('it cannot be merged before somebody else has approved, by whatever door', async () => {
      assert.equal((await look(ana)).mergeability.state, 'not-ready')
      const pullRequest = `${repository.path}/pull-requests/${number}`
      await refused(ana.call('POST', `${pullRequest}/merge-preparation`, { method: 'merge' }), 409, 'not-ready')
      // Who answers for the agent is no second pair of eyes.
      const { headOid } = await look(ana)
      const own = await ana
        .call<ReviewMade>('POST', `${pullRequest}/reviews`, { verdict: 'approved', body: '', headOid })
        .catch(() => undefined)
      if (own?.sealRequest) await ana.tap(own.sealRequest.id)
      assert.equal((await look(ana)).mergeability.state, 'not-ready')
    })

    test('one person seals what they read, another seals the merge', async () => {
      const pullRequest = `${repository.path}/pull-requests/${number}`
      const { headOid } = await look(ben)
      const { sealRequest } = await ben.call<ReviewMade>('POST', `${pullRequest}/reviews`, {
        verdict: 'approved',
        body: 'Looks right.',
        headOid,
      })
      await ben.tap(sealRequest?.id ?? '')
      assert.equal((await look(ana)).mergeability.state, 'ready')
      mergeOid = (await repository.merge(ana, number)).mergeOid
    })

    test('the instance says Level 4, and so does a verifier that asks nobody', async () => {
      const { items } = await ana.call<{ items: SourceAttestation[] }>(
        'GET',
        `${repository.path}/commits/${mergeOid}/attestations`,
      )
      assert.deepEqual(
        items.map(({ level }) => level),
        ['SLSA_SOURCE_LEVEL_4'],
      )
      const clone = join(postern.folder, 'fresh')
      const token = await ana.makeToken('fresh', ['repository:read'])
      await gitOrThrow(postern.folder, [
        ...withToken(token),
        'clone',
        '--quiet',
        `${postern.origin}/payments/api.git`,
        clone,
      ])
      await gitOrThrow(clone, [...withToken(token), 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*'])
      const verified = await command(['verify', clone])
      assert.equal(verified.code, 0, verified.stderr + verified.stdout)
      assert.match(verified.stdout, /Level 4/)

      // An edited clone: the same files, in a merge that nobody tapped.
      await gitOrThrow(clone, ['switch', '--quiet', 'main'])
      await writeFile(join(clone, 'fix.txt'), 'fixed, and something else\n')
      await gitOrThrow(clone, ['add', '--all'])
      await gitOrThrow(
        clone,
        ['commit', '--quiet', '--amend', '--no-edit'],
        commitAs('Ana', 'ana@localhost', Date.now()),
      )
      const edited = await command(['verify', clone])
      assert.equal(edited.code, 1)
      assert.doesNotMatch(edited.stdout, /Level 4/)
    })
  })
