import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { SealRequest } from '../src/seals/shapes.ts'
import { Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`a key that is strong enough to merge, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let repository: Proposing
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      repository = await makeProposing(postern, ana, 'payments/api')
      const { link } = await ana.act<{ link: string }>('POST', '/people', {
        username: 'ben',
        displayName: 'Ben Example',
        email: 'ben@example.com',
        role: 'member',
      })
      ben = new Person(postern.origin, new SoftwareAuthenticator({ backupEligible: true, backupState: true }))
      await ben.register(link, { username: 'ben', displayName: 'Ben Example', email: 'ben@example.com' })
    })
    after(() => postern[Symbol.asyncDispose]())
    const prepare = (person: Person, number: number) =>
      person.call<{ sealRequestId: string }>('POST', `${repository.path}/pull-requests/${number}/merge-preparation`, {
        method: 'merge',
      })
    const look = (person: Person, number: number) =>
      person.call<PullRequestView>('GET', `${repository.path}/pull-requests/${number}`)
    const release = (person: Person, number: number, sealId: string) =>
      person.call(
        'POST',
        `${repository.path}/pull-requests/${number}/merge`,
        { method: 'merge' },
        { 'postern-seal': sealId },
      )
    const keyCheck = (view: PullRequestView) =>
      view.mergeability.checks.find(({ label }) => label === 'You have a key that may merge here')

    test('an administrator’s synced passkey is refused before and at the tap, with the rule’s name', async () => {
      await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'admin' })
      const number = await repository.propose('strict')
      assert.equal(keyCheck(await look(ben, number))?.isMet, true)
      await setRules(ana, [shipped('admin-merge')])

      const view = await look(ben, number)
      assert.equal(view.can.merge, false)
      assert.match(keyCheck(view)?.help ?? '', /synced passkey.*“A device-bound key for every admin merge”/)
      const { sealRequestId } = await prepare(ben, number)
      const request = await ben.call<SealRequest>('GET', `/seal-requests/${sealRequestId}`)
      assert.match(request.credentials[0]?.refusal ?? '', /To merge a pull request you need a key that says it cannot/)
      await refused(ben.tap(sealRequestId), 403, 'not-allowed')

      // The same key may merge where its person is no administrator: the rule is about administrators.
      await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
      const allowed = await prepare(ben, number)
      await release(ben, number, await ben.tap(allowed.sealRequestId))
      assert.equal((await look(ben, number)).mergeProof?.weaker, null)
      await setRules(ana, [])
    })

    test('a rule made between the tap and the merge is asked again, and the tap falls', async () => {
      const number = await repository.propose('raced')
      const { sealRequestId } = await prepare(ben, number)
      const sealId = await ben.tap(sealRequestId)
      await setRules(ana, [{ ...shipped('admin-merge'), who: ['everyone'] }])
      await refused(release(ben, number, sealId), 409, 'policy-changed')
      assert.equal((await look(ben, number)).state, 'open')
      await setRules(ana, [])
    })

    test('what was proven with less than the rules ask today says so', async () => {
      const number = await repository.propose('earlier')
      const { sealRequestId } = await prepare(ben, number)
      await release(ben, number, await ben.tap(sealRequestId))
      assert.equal((await look(ana, number)).mergeProof?.weaker, null)
      await setRules(ana, [{ ...shipped('admin-merge'), who: ['everyone'] }])
      assert.equal(
        (await look(ana, number)).mergeProof?.weaker,
        'The rule “A device-bound key for every admin merge” asks for a key that says it cannot be copied to merge a pull request, and this was done with a synced passkey.',
      )
      const mine = await repository.propose('mine')
      const prepared = await prepare(ana, mine)
      await release(ana, mine, await ana.tap(prepared.sealRequestId))
      assert.equal((await look(ana, mine)).mergeProof?.weaker, null)
      await setRules(ana, [])
    })

    test('only on the branches and in the repositories it names', async () => {
      await setRules(ana, [
        {
          ...shipped('admin-merge'),
          who: ['everyone'],
          where: { repositories: ['payments/api'], branches: ['release/*'] },
        },
      ])
      const number = await repository.propose('elsewhere')
      assert.equal((await look(ben, number)).can.merge, true)
      await setRules(ana, [
        { ...shipped('admin-merge'), who: ['everyone'], where: { repositories: ['payments'], branches: ['ma*'] } },
      ])
      assert.equal((await look(ben, number)).can.merge, false)
      await setRules(ana, [])
    })
  })
