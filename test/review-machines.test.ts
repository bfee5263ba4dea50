import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { DeployKeyView } from '../src/machines/deploy-keys/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { letIn, newPipeline, trade } from './support/exchange.ts'
import { refused } from './support/refusal.ts'
import { type Reviewing, startReviewing } from './support/reviewing.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'
import { eitherStore } from './support/stores.ts'
import { startWorkloadIssuer } from './support/workload-issuer.ts'

const outbound = ['--ssh-port', '0', '--outbound-allow', '127.0.0.1']

for (const store of eitherStore)
  describe(`approvals of what a machine made, on ${store.name}`, () => {
    let reviewing: Reviewing
    let dora: Person
    before(async () => {
      reviewing = await startReviewing([...(await store.flags()), ...outbound])
      const { postern, ana, repository } = reviewing
      dora = await postern.join(ana, 'dora')
      for (const name of ['ben', 'dora'])
        await ana.act('PUT', `${repository.path}/members/user/${name}`, { role: 'admin' })
      const at = `${repository.path}/protected-branches/main/rule`
      const { rule } = await ana.call<{ rule: object }>('GET', at)
      await ana.act('PUT', at, { ...rule, approvals: 1, agentApprovals: 2 })
    })
    after(() => reviewing[Symbol.asyncDispose]())

    const remote = (): string => `${reviewing.postern.origin}/payments/api.git`
    /** A clone with a commit of somebody who has no account. */
    const prepare = async (name: string): Promise<string> => {
      const { postern, ana } = reviewing
      const folder = join(postern.folder, name)
      const token = await ana.makeToken(name)
      await gitOrThrow(postern.folder, [...withToken(token), 'clone', '-q', remote(), name])
      await writeFile(join(folder, `${name}.txt`), `${name}\n`)
      await gitOrThrow(folder, ['add', '--all'])
      await gitOrThrow(folder, ['commit', '-qm', name], commitAs('build', 'build@example.org', Date.now()))
      return folder
    }
    const newest = async (): Promise<number> => {
      const path = `${reviewing.repository.path}/pull-requests`
      const { items } = await reviewing.ana.call<{ items: PullRequestView[] }>('GET', path)
      return Math.max(...items.map(({ number }) => number))
    }
    const asked = async (number: number): Promise<string[]> => {
      const { mergeability } = await reviewing.ana.call<PullRequestView>('GET', reviewing.pathOf(number))
      return mergeability.checks.filter(({ needs }) => needs === 'review').map(({ label }) => label)
    }
    const keptFrom = async (person: Person, number: number): Promise<void> => {
      const problem = await refused(reviewing.send(person, number, 'approved'), 403, 'not-allowed')
      assert.match(problem.title, /your own agent, deploy key or pipeline/)
    }

    test('whoever added or renewed a deploy key is no second person beside it, and two others are asked for', async () => {
      const { postern, ana, ben, cleo, repository, approve, counted } = reviewing
      const port = postern.postern.sshPort()
      const key = await makeKeyFile(postern.folder, 'build-key')
      const next = await makeKeyFile(postern.folder, 'next-key')
      const wish = { name: 'ci', publicKey: key.line, access: 'write', expiresInDays: 30, rotation: null }
      const { id } = await ana.act<DeployKeyView>('POST', `${repository.path}/deploy-keys`, wish)
      await ben.act('POST', `${repository.path}/deploy-keys/${id}/successor`, { publicKey: next.line, overlapDays: 7 })
      const folder = await prepare('by-key')
      const ssh = `ssh -F /dev/null -p ${port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`
      await gitOrThrow(folder, ['push', '-q', `ssh://git@localhost:${port}/payments/api.git`, 'HEAD:refs/for/main'], {
        GIT_SSH_COMMAND: `${ssh} -o LogLevel=ERROR -o IdentityAgent=none -o IdentitiesOnly=yes -i ${key.file}`,
      })
      const number = await newest()
      await keptFrom(ana, number)
      await keptFrom(ben, number)
      assert.deepEqual(await asked(number), ['2 people must have approved, as a program made some of it'])
      await approve(cleo, number)
      await approve(dora, number)
      assert.deepEqual((await counted(number)).sort(), ['cleo', 'dora'])
    })

    test('nor whoever let a pipeline in or changed it, also where somebody else proposes what it pushed', async () => {
      await using issuer = await startWorkloadIssuer()
      const { postern, ana, ben, cleo, repository, approve, counted } = reviewing
      const conditions = [{ claim: 'repository', value: 'acme/shop' }]
      const { id } = await letIn(ana, repository.path, newPipeline(issuer.issuer))
      await dora.act('PATCH', `${repository.path}/pipelines/${id}`, { conditions })
      const folder = await prepare('by-pipeline')
      const { access_token: token } = await trade(postern.origin, 'payments/api', await issuer.sign())
      await gitOrThrow(folder, [...withToken(token), 'push', '-q', remote(), 'HEAD:refs/heads/built'])
      const wish = { title: 'Built', description: '', sourceBranch: 'built', targetBranch: 'main' }
      const { number } = await cleo.call<PullRequestView>('POST', `${repository.path}/pull-requests`, wish)
      await keptFrom(ana, number)
      await keptFrom(dora, number)
      assert.deepEqual(await asked(number), ['2 people must have approved, as a program made some of it'])
      await approve(ben, number)
      assert.deepEqual(await counted(number), ['ben'])
    })
  })
