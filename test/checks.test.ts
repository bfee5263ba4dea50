import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CommitStatusView } from '../src/checks/shapes.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import type { Person } from '../src/walk/person.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const me = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com']

for (const store of eitherStore)
  describe(`commit statuses on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let repository: Proposing
    let other: Proposing
    let ci: string
    let oid: string
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      repository = await makeProposing(postern, ana, 'pay/api')
      other = await makeProposing(postern, ana, 'shop/web')
      ci = `Bearer ${await ana.makeToken('ci', ['status:write'])}`
      oid = (await repository.git('rev-parse', 'main')).trim()
    })
    after(() => postern[Symbol.asyncDispose]())

    const say = (authorization: string, wanted: object, about = oid): Promise<CommitStatusView> =>
      postern
        .stranger()
        .call('POST', `${repository.path}/commits/${about}/statuses`, wanted, authorization ? { authorization } : {})
    const read = async (about = oid): Promise<string[]> => {
      const { items } = await ana.call<{ items: CommitStatusView[] }>(
        'GET',
        `${repository.path}/commits/${about}/statuses`,
      )
      return items.map(({ name, state }) => `${name}: ${state}`)
    }
    const tokenId = async (name: string): Promise<string> => {
      const { items } = await ana.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
      return items.find((token) => token.name === name)?.id ?? 'none'
    }

    test('the newest word of each check is shown, with who said it by which token', async () => {
      await say(ci, { name: 'build', state: 'pending' })
      const view = await say(ci, { name: 'build', state: 'success', description: 'in 3 s', targetUrl: 'https://ci/1' })
      assert.deepEqual(
        [view.setBy.username, view.tokenName, view.description, view.targetUrl],
        ['ana', 'ci', 'in 3 s', 'https://ci/1'],
      )
      await say(ci, { name: 'lint', state: 'failure' })
      assert.deepEqual(await read(), ['build: success', 'lint: failure'])
      const { items } = await ana.call<{ items: { checks: unknown }[] }>('GET', `${repository.path}/commits`)
      assert.deepEqual(items[0]?.checks, { success: 1, pending: 0, failure: 1 })
    })

    test('a token that may only report can do nothing else', async () => {
      const headers = { authorization: ci }
      const nobody = postern.stranger()
      await refused(nobody.call('GET', repository.path, undefined, headers), 403, 'not-allowed')
      await refused(
        nobody.call('GET', `${repository.path}/commits/${oid}/statuses`, undefined, headers),
        403,
        'not-allowed',
      )
      const proposal = { title: 'x', description: '', sourceBranch: 'x', targetBranch: 'main' }
      await refused(nobody.call('POST', `${repository.path}/pull-requests`, proposal, headers), 403, 'not-allowed')
      await refused(nobody.call('GET', '/me', undefined, headers), 403, 'person-required')
    })

    test('it takes the role “write”, the scope, and a repository that the token reaches', async () => {
      const status = { name: 'build', state: 'success' }
      const bob = await postern.join(ana, 'bob')
      await ana.act('PUT', `${repository.path}/members/user/bob`, { role: 'read' })
      const readers = `Bearer ${await bob.makeToken('mine', ['status:write'])}`
      await refused(say(readers, status), 403, 'not-allowed')
      await refused(say(`Bearer ${await ana.makeToken('reads', ['repository:read'])}`, status), 403, 'not-allowed')
      const { id } = await ana.call<{ id: string }>('GET', other.path)
      const elsewhere = `Bearer ${await ana.makeToken('elsewhere', ['status:write'], [id])}`
      await refused(say(elsewhere, status), 404, 'not-found')
      await refused(say('', status), 401, 'sign-in-required')
      await say(`Bearer ${await ana.makeToken('writes', ['repository:write'])}`, status)
      const guest = await postern.join(ana, 'gus', 'guest')
      await refused(say(`Bearer ${await guest.makeToken('guest', ['status:write'])}`, status), 404, 'not-found')
    })

    test('only a commit that stands in this repository has statuses', async () => {
      const status = { name: 'build', state: 'success' }
      const foreign = (await other.git('rev-parse', 'main')).trim()
      const tree = (await repository.git('rev-parse', 'main^{tree}')).trim()
      await repository.git(...me, 'tag', '-m', 'annotated', 'v1', 'main')
      await repository.git('push', '--quiet', 'origin', 'v1')
      const tag = (await repository.git('rev-parse', 'v1')).trim()
      for (const about of [foreign === oid ? '1'.repeat(40) : foreign, tree, tag, '0'.repeat(40)])
        await refused(say(ci, status, about), 404, 'not-found')
      for (const about of ['main', oid.slice(0, 10), `${oid}^`, oid.toUpperCase()])
        await refused(say(ci, status, about), 422, 'invalid-input')
    })

    test('what is not a status is refused', async () => {
      for (const wanted of [
        { name: '', state: 'success' },
        { name: ' ', state: 'success' },
        { name: 'a\u202Eb', state: 'success' },
        { name: 'x'.repeat(101), state: 'success' },
        { name: 'a', state: 'fine' },
        { name: 'a', state: 'success', description: 'x'.repeat(301) },
        { name: 'a', state: 'success', description: 'two\nlines' },
        { name: 'a', state: 'success', targetUrl: 'javascript:alert(1)' },
        { name: 'a', state: 'success', setBy: 'usr_other' },
      ])
        await refused(say(ci, wanted), 422, 'invalid-input')
    })

    test('a check that a rule names takes the tokens it names, and no other; the refusal is told', async () => {
      const checks = [{ name: 'deploy', tokenIds: [await tokenId('ci')] }]
      await ana.act('PUT', `${repository.path}/protected-branches/main/rule`, { ...firstRule, checks })
      const status = { name: 'deploy', state: 'success' }
      const thief = `Bearer ${await ana.makeToken('thief', ['status:write'])}`
      await refused(say(thief, status), 403, 'check-setter')
      await refused(ana.call('POST', `${repository.path}/commits/${oid}/statuses`, status), 403, 'check-setter')
      await refused(say(thief, { name: ' deploy ', state: 'success' }), 403, 'check-setter')
      for (const name of ['Deploy', 'DEPLOY', 'ｄeploy'])
        await refused(say(thief, { name, state: 'success' }), 422, 'invalid-input')
      // A letter of another alphabet makes another check, which nobody asked for.
      await say(thief, { name: 'dерloy', state: 'success' })
      assert.equal((await say(ci, status)).tokenName, 'ci')
      const { items } = await ana.call<{ items: { action: string; facts: Record<string, string> }[] }>(
        'GET',
        '/audit?action=status.refused',
      )
      assert.equal(items[0]?.action, 'status.refused')
    })

    test('there is an end to how many names one commit has', async () => {
      await repository.git(...me, 'commit', '--quiet', '--allow-empty', '-m', 'Many')
      await repository.git('push', '--quiet', 'origin', 'HEAD:many')
      const many = (await repository.git('rev-parse', 'HEAD')).trim()
      const { database } = postern.postern.ceremonies
      const row = await database.read.selectFrom('commitStatus').selectAll().limit(1).executeTakeFirstOrThrow()
      await database.write(async (tx) => {
        for (let at = 0; at < 200; at++)
          await tx
            .insertInto('commitStatus')
            .values({ ...row, id: `sta_many${at}`, oid: many, name: `check ${at}` })
            .execute()
      })
      await refused(say(ci, { name: 'one more', state: 'success' }, many), 422, 'invalid-input')
      await say(ci, { name: 'check 7', state: 'failure' }, many)
    })

    test('an ended token, and a person without the role any more, say nothing', async () => {
      const status = { name: 'build', state: 'success' }
      const cy = await postern.join(ana, 'cy')
      await ana.act('PUT', `${repository.path}/members/user/cy`, { role: 'write' })
      const token = `Bearer ${await cy.makeToken('cy', ['status:write'])}`
      await say(token, status)
      await ana.act('DELETE', `${repository.path}/members/user/cy`)
      await refused(say(token, status), 404, 'not-found')
      const { items } = await cy.call<{ items: { id: string }[] }>('GET', '/me/tokens')
      await cy.act('DELETE', `/me/tokens/${items[0]?.id}`)
      await refused(say(token, status), 401, 'token-refused')
    })
  })
