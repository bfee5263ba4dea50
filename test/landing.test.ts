import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { type BranchRule, firstRule } from '../src/repositories/branch-rule.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { SealRequest } from '../src/seals/shapes.ts'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { main as verify } from '../src/verifier/main.ts'
import { setRules } from './support/guardrails.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const reason = 'The payment service is down since noon.'

for (const store of eitherStore)
  describe(`how a pull request lands, on ${store.name}`, () => {
    let mail: MailServer
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let repository: Proposing
    let ahead = 0
    before(async () => {
      mail = await startMailServer()
      postern = await startPostern({
        now: () => Date.now() + ahead,
        flags: [
          ...(await store.flags()),
          '--smtp-url',
          `smtp://127.0.0.1:${mail.port}`,
          '--mail-from',
          'Postern <postern@example.com>',
        ],
      })
      ana = await postern.owner()
      repository = await makeProposing(postern, ana, 'payments/api')
      ben = await postern.join(ana, 'ben')
      await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
    })

    type Answer = { sealRequestId: string; mergeOid: string; facts: SealRequest['facts'] }
    const at = (number: number): string => `${repository.path}/pull-requests/${number}`
    const look = (person: Person, number: number) => person.call<PullRequestView>('GET', at(number))
    const setRule = (rule: Partial<BranchRule>) =>
      ana.act('PUT', `${repository.path}/protected-branches/main/rule`, {
        ...firstRule,
        stockVerifiableOnly: false,
        methods: ['merge', 'squash', 'rebase', 'fast-forward'],
        agentApprovals: rule.approvals ?? 0,
        ...rule,
      })
    const land = (person: Person, number: number, body: unknown) =>
      person.act<Answer>('POST', `${at(number)}/merge`, body)
    const told = async (about: RegExp) => {
      for (;;) {
        const letter = await mail.next()
        if (about.test(letter.headers.get('subject') ?? '')) return letter
      }
    }
    /** What waits in somebody's inbox about this pull request. */
    async function findWaiting(person: Person, number: number): Promise<string> {
      const { items } = await person.call<{ items: { id: string; title: string }[] }>('GET', '/inbox')
      return items.find(({ title }) => title.includes(`#${number} `))?.id ?? 'none'
    }

    test('by a rebase and by a fast-forward, and the verifier finds both proven', async () => {
      await setRule({})
      const [one, two] = [await repository.propose('one'), await repository.propose('two')]
      const forward = await land(ben, one, { method: 'fast-forward' })
      assert.equal(forward.mergeOid, (await look(ana, one)).headOid)
      await refused(
        ben.call('POST', `${at(two)}/merge-preparation`, { method: 'fast-forward' }),
        409,
        'not-fast-forward',
      )
      const rebased = await land(ben, two, { method: 'rebase' })
      assert.equal((await look(ana, two)).mergeProof?.stockVerifiable, false)
      const token = await ana.makeToken('clone')
      const clone = `${postern.folder}/clone-${store.name}`
      await gitOrThrow(postern.folder, [
        ...withToken(token),
        'clone',
        '--quiet',
        '-c',
        'remote.origin.fetch=+refs/postern/*:refs/postern/*',
        `${postern.origin}/payments/api.git`,
        clone,
      ])
      assert.equal((await gitOrThrow(clone, ['rev-parse', 'HEAD'])).trim(), rebased.mergeOid)
      for (const oid of [forward.mergeOid, rebased.mergeOid]) {
        const said = await ana.call<{ items: { level: string }[] }>(
          'GET',
          `${repository.path}/commits/${oid}/attestations`,
        )
        assert.deepEqual(
          said.items.map(({ level }) => level),
          ['SLSA_SOURCE_LEVEL_3'],
        )
      }
      let report = ''
      const code = await verify([clone], { out: (part) => (report += part), err: (part) => (report += part) })
      assert.equal(code, 0, report)
    })

    test('when ready: the person is asked at that moment, by inbox and letter, and their tap merges', async () => {
      await setRule({ checks: [{ name: 'ci', tokenIds: null }] })
      const number = await repository.propose('later')
      assert.equal(
        (await ben.call<PullRequestView>('PUT', `${at(number)}/auto-merge`, { method: 'squash' })).autoMerge?.by
          .username,
        'ben',
      )
      const { headOid } = await look(ben, number)
      await ana.call('POST', `${repository.path}/commits/${headOid}/statuses`, { name: 'ci', state: 'success' })
      assert.match((await told(/waits for your tap/)).text, new RegExp(`payments/api#${number}.*/-/inbox`, 's'))
      await ben.tap(await findWaiting(ben, number))
      const view = await look(ben, number)
      assert.deepEqual(
        [view.state, view.mergeMethod, view.mergedBy?.username, view.autoMerge],
        ['merged', 'squash', 'ben', null],
      )
    })

    test('when ready: a token of a person may ask, an agent’s may not', async () => {
      const number = await repository.propose('by-token')
      const asToken = async (secret: string) =>
        postern
          .stranger()
          .call<PullRequestView>(
            'PUT',
            `${at(number)}/auto-merge`,
            { method: 'merge' },
            { authorization: `Bearer ${secret}` },
          )
      assert.equal((await asToken(await ben.makeToken('cli'))).autoMerge?.by.username, 'ben')
      const agent = await ana.act<{ username: string }>('POST', '/agents', { username: 'robo', displayName: 'Robo' })
      await ana.act('PUT', `${repository.path}/members/user/${agent.username}`, { role: 'write' })
      const { secret } = await ana.act<{ secret: string }>('POST', `/agents/${agent.username}/tokens`, {
        name: 'robo',
        scopes: ['repository:write'],
        repositoryIds: null,
        expiresInDays: 1,
      })
      await refused(asToken(secret), 403, 'not-allowed')
      assert.equal((await ben.call<PullRequestView>('DELETE', `${at(number)}/auto-merge`)).autoMerge, null)
    })

    test('a draft: by who may edit it, and of that and a merge at one moment exactly one comes true', async () => {
      await setRule({})
      const number = await repository.propose('drafted')
      const set = (person: Person, isDraft: boolean, of = number) =>
        person.call<PullRequestView>('PATCH', at(of), { isDraft })
      const rita = await postern.join(ana, 'rita')
      await refused(set(rita, true), 404, 'not-found')
      await ana.act('PUT', `${repository.path}/members/user/rita`, { role: 'read' })
      await refused(set(rita, true), 403, 'not-allowed')
      await refused(ana.call('PATCH', at(number), { isDraft: 'yes' }), 422, 'invalid-input')
      const view = await set(ben, true)
      assert.deepEqual([view.isDraft, view.mergeability.state], [true, 'draft'])
      assert.deepEqual((await look(rita, number)).can.edit, false)
      await refused(set(rita, false), 403, 'not-allowed')
      await refused(land(ana, number, { method: 'merge' }), 409, 'draft')
      await refused(ana.call('PUT', `${at(number)}/auto-merge`, { method: 'merge' }), 409, 'draft')
      await land(ana, (await set(ana, false)).number, { method: 'merge' })

      const racing = await repository.propose('racing')
      const body = { method: 'merge' }
      const { sealRequestId } = await ana.call<Answer>('POST', `${at(racing)}/merge-preparation`, body)
      const seal = { 'postern-seal': await ana.tap(sealRequestId) }
      const [merged, drafted] = await Promise.allSettled([
        ana.call('POST', `${at(racing)}/merge`, body, seal),
        set(ben, true, racing),
      ])
      const { state, isDraft } = await look(ana, racing)
      assert.deepEqual(
        [state, isDraft, merged.status, drafted.status],
        drafted.status === 'fulfilled'
          ? ['open', true, 'rejected', 'fulfilled']
          : ['merged', false, 'fulfilled', 'rejected'],
      )
    })

    test('past the rule: only by whom it names, with a tap, loudly, and a second person looks', async () => {
      await setRule({ approvals: 1, bypass: ['repository-role:admin'], bypassReviewHours: 1 })
      const number = await repository.propose('broken')
      const body = { method: 'merge', bypass: { reason } }
      await refused(ana.call('POST', `${at(number)}/merge-preparation`, { method: 'merge' }), 409, 'not-ready')
      await refused(ben.call('POST', `${at(number)}/merge-preparation`, body), 403, 'not-allowed')
      const token = { authorization: `Bearer ${await ana.makeToken('emergency')}` }
      await refused(postern.stranger().call('POST', `${at(number)}/merge`, body, token), 403, 'person-required')
      for (const bad of ['short', 'two\nlines of a reason', 'hidden \u202e reason here'])
        await refused(
          ana.call('POST', `${at(number)}/merge-preparation`, { method: 'merge', bypass: { reason: bad } }),
          422,
          'invalid-input',
        )
      assert.equal((await look(ana, number)).can.bypassRefusal, null)
      assert.match((await look(ben, number)).can.bypassRefusal ?? '', /does not name you/)
      await land(ana, number, body)
      const view = await look(ben, number)
      assert.deepEqual([view.bypass?.reason, view.bypass?.by.username, view.bypass?.confirmedBy], [reason, 'ana', null])
      assert.match(
        (await told(/past the rule/)).text,
        /Ana Example merged payments\/api#.*past the rule of main.*payment service/s,
      )

      // Neither a second key of the one who merged, nor somebody without the right.
      const second = new SoftwareAuthenticator()
      await ana.addPasskey(second, 'second')
      await refused(ana.call('POST', `${at(number)}/confirmation`, {}), 403, 'not-allowed')
      await refused(ben.call('POST', `${at(number)}/confirmation`, {}), 403, 'not-allowed')
      const cat = await postern.join(ana, `cat-${store.name.toLowerCase().slice(0, 4)}`, 'admin')
      const home = () => cat.call<{ attention: { text: string; href: string }[] }>('GET', '/home')
      const item = async () =>
        (await home()).attention.find(({ href }) => href === `/payments/api/pull-requests/${number}`)
      assert.match(
        (await item())?.text ?? '',
        /Ana Example merged payments\/api#\d+ past its branch’s rule, and a second person has/,
      )
      ahead += 2 * 3_600_000
      await postern.restart()
      await told(/Nobody has looked/)
      assert.match((await item())?.text ?? '', /nobody has looked at it in time/)
      assert.equal((await look(cat, number)).bypass?.isOverdue, true)
      const asked = await cat.call<Answer>('POST', `${at(number)}/confirmation`, {})
      assert.match(asked.facts.title, /^Confirm/)
      await cat.tap(asked.sealRequestId)
      assert.deepEqual(
        (await look(ben, number)).bypass?.confirmedBy?.displayName,
        (await look(cat, number)).bypass?.confirmedBy?.displayName,
      )
      assert.equal(await item(), undefined)
      await refused(cat.call('POST', `${at(number)}/confirmation`, {}), 409, 'already-confirmed')
    })

    test('past the rule: a guardrail about it is asked beside the one about merging', async () => {
      await setRule({ approvals: 1, bypass: ['repository-role:admin'] })
      const number = await repository.propose('guarded')
      await setRules(ana, [
        {
          id: 'strong-bypass',
          title: 'Emergencies',
          mode: 'enforce',
          who: ['everyone'],
          does: ['bypass'],
          requires: { strength: 'attested' },
        },
      ])
      const { sealRequestId } = await ana.call<Answer>('POST', `${at(number)}/merge-preparation`, {
        method: 'merge',
        bypass: { reason },
      })
      const request = await ana.call<SealRequest>('GET', `/seal-requests/${sealRequestId}`)
      assert.match(request.credentials[0]?.refusal ?? '', /^To merge past a branch’s rule you need/)
      await refused(ana.tap(sealRequestId), 403, 'not-allowed')
      await setRules(ana, [])
    })
  })
