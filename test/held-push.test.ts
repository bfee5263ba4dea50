import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { until } from './support/git-remote.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { listQuarantines, requestOf, type RunningPush, startPush } from './support/held-push.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { drawCode } from '../src/repositories/held-push-lines.ts'
import type { SourceAttestation } from '../src/provenance/shapes.ts'
import type { SealRequest } from '../src/seals/shapes.ts'
import type { DiffSummary, FilePatch } from '../src/repositories/shapes.ts'
import type { Person } from '../src/walk/person.ts'

const execute = promisify(execFile)

for (const store of eitherStore)
  describe(`a push that waits for a tap, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let held: Repository
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      held = await makeHeld(postern, ana, 'payments/api')
      await setRules(ana, [shipped('tap-to-push')])
      await held.setPush('main', 'tap')
    })
    after(() => postern[Symbol.asyncDispose]())
    const codes = async (): Promise<string[]> => (await held.refusals()).map(({ code }) => code)

    test('goes on by itself once its person has tapped, and the tap proves it', async () => {
      const oid = await held.commit('first.txt')
      const push = held.push('main')
      const { id, code } = await requestOf(push, ana)
      const [screen] = await push.seen(/^[^]*Ctrl-C takes it back/)
      // The picture in the terminal is that of the link, each line of it whole.
      for (const line of drawCode(`${postern.origin}/s/${code}`)) assert.ok(screen.includes(`remote: ${line}`), screen)
      const request = await ana.call<SealRequest>('GET', `/seal-requests/${id}`)
      assert.equal(request.action, 'push')
      assert.equal(request.facts.title, 'Push 1 commit to main of payments/api')
      const { tokenName, address, isUnusual } = request.askedFrom
      assert.deepEqual([tokenName, address, isUnusual], ['for payments/api', '127.0.0.1', false])
      assert.ok(request.facts.rows.some(({ label, value }) => label === 'After' && value === oid))
      const change = await ana.call<DiffSummary>('GET', `/seal-requests/${id}/change/files`)
      assert.deepEqual(
        change.files.map(({ newPath, additions }) => [newPath, additions]),
        [['first.txt', 1]],
      )
      const patch = await ana.call<FilePatch>('GET', `/seal-requests/${id}/change/files/0`)
      assert.match(patch.patch ?? '', /\+first\.txt/)
      // The few characters that the terminal says to type lead there too, where somebody is signed in.
      const [, typed = ''] = /\/-\/inbox where you are signed in, and type (\w{3}-\w{3})\./.exec(screen) ?? []
      assert.equal((await ana.call<SealRequest>('GET', `/seal-links/${typed}`)).id, id)
      for (const given of [typed, code])
        await refused(postern.stranger().call('GET', `/seal-links/${given}`), 401, 'sign-in-required')

      await ana.tap(id)
      const ended = await push.ended
      assert.equal(ended.code, 0, ended.screen)
      assert.match(ended.screen, /main takes a tap for each push\./)
      assert.match(ended.screen, /Sealed by Ana Example with “.+”\./)
      assert.match(ended.screen, /main -> main/)
      assert.equal(await held.tip('main'), oid)
      const row = await held.lastUpdate('refs/heads/main')
      assert.deepEqual([row.newOid, row.state, row.method], [oid, 'done', `seal ${row.sealId}`])
      const commit = await ana.call<{ proof: { state: string; action: string } }>('GET', `${held.path}/commits/${oid}`)
      assert.deepEqual([commit.proof.state, commit.proof.action], ['proven', 'push'])
      const { items: said } = await ana.call<{ items: SourceAttestation[] }>(
        'GET',
        `${held.path}/commits/${oid}/attestations`,
      )
      assert.deepEqual(
        said.map(({ level }) => level),
        ['SLSA_SOURCE_LEVEL_3'],
      )
      await refused(ana.call('GET', `/seal-requests/${id}/change/files`), 409, 'push-over')
      assert.equal((await held.outcomes()).at(-1), 'sealed')

      const clone = join(postern.folder, 'clone')
      await held.git('clone', '--quiet', held.url, clone)
      await held.git('-C', clone, 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*')
      const { stdout } = await execute(process.execPath, [join(import.meta.dirname, '../src/main.ts'), 'verify', clone])
      assert.match(stdout, /since protection began: all proven\./)
    })

    test('lands nothing when its person refuses', async () => {
      const before = await held.tip('main')
      await held.commit('refused.txt')
      const push = held.push('main')
      const { id } = await requestOf(push, ana)
      await ana.call('POST', `/seal-requests/${id}/refuse`)
      await endsWith(push, /Refused on the page where you were to tap\./, 'seal-refused')
      await refused(ana.tap(id), 409, 'refused')
      assert.equal(await held.tip('main'), before)
    })

    test('is nobody else’s to see or to tap, and nobody’s twice', async () => {
      const ben = await postern.join(ana, 'ben')
      await ana.act('PUT', `${held.path}/members/user/ben`, { role: 'write' })
      const push = held.push('main')
      const { id, code } = await requestOf(push, ana)
      const short = code.replaceAll('-', '').slice(0, 6)
      for (const path of [`/seal-links/${code}`, `/seal-links/${short}`, '/seal-links/000000', `/seal-requests/${id}`])
        await refused(ben.call('GET', path), 404, 'not-found')
      await refused(ben.call('GET', `/seal-requests/${id}/change/files`), 404, 'not-found')
      await refused(ben.tap(id), 404, 'not-found')
      await ana.tap(id)
      await refused(ana.tap(id), 409, 'already-sealed')
      assert.equal((await push.ended).code, 0)
      await refused(ana.call('GET', `/seal-links/${short}`), 404, 'not-found')
    })

    test('does not hold up other pushes, and of two for one branch the second is told as soon as it is too late', async () => {
      const first = held.push('main:main', '--force-with-lease')
      await first.ended
      const tip = await held.git('rev-parse', 'HEAD')
      const one = await held.commit('one.txt')
      const winner = held.push('main')
      const winning = await requestOf(winner, ana)
      await held.git('switch', '--quiet', '--detach', tip)
      await held.commit('other.txt')
      const loser = held.push('HEAD:main')
      const losing = await requestOf(loser, ana)
      const beside = await held.push('HEAD:refs/heads/beside').ended
      assert.equal(beside.code, 0, beside.screen)
      await ana.tap(winning.id)
      assert.equal((await winner.ended).code, 0)
      await endsWith(loser, /main moved while this push waited\. Fetch, look, and push again\./, 'ref-moved')
      await refused(ana.tap(losing.id), 409, 'push-over')
      assert.equal(await held.tip('main'), one)
      await held.git('switch', '--quiet', 'main')
    })

    test('falls when the guardrails or the branch’s rule change meanwhile, and when its token ends', async () => {
      const before = await held.tip('main')
      await held.commit('changed.txt')
      const byPolicy = held.push('main')
      const first = await requestOf(byPolicy, ana)
      await setRules(ana, [shipped('tap-to-push'), shipped('session-limits')])
      await endsWith(byPolicy, /The guardrails changed while this push waited\. Push again\./, 'policy-changed')
      await refused(ana.tap(first.id), 409, 'push-over')

      const byRule = held.push('main')
      await requestOf(byRule, ana)
      await held.setRule('main', { push: 'tap', linearHistory: true })
      await endsWith(byRule, /The rule of main changed while this push waited\. Push again\./, 'rule-changed')

      const token = await ana.makeToken('short-lived')
      const byToken = startPush(held.work, token, ['origin', 'main'])
      const { id } = await requestOf(byToken, ana)
      const { items } = await ana.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
      const tokenId = items.find(({ name }) => name === 'short-lived')?.id ?? ''
      await ana.act('DELETE', `/me/tokens/${tokenId}`)
      const { code, screen } = await byToken.ended
      assert.notEqual(code, 0, screen)
      assert.match(screen, /hung up|Your access ended while this push waited|taken back before anybody tapped/)
      await refused(ana.tap(id), 409, 'push-over')
      assert.equal(await held.tip('main'), before)
    })

    test('is taken back the moment whoever pushes leaves', async () => {
      const before = await held.tip('main')
      const push = held.push('main')
      const { id } = await requestOf(push, ana)
      push.interrupt()
      assert.notEqual((await push.ended).code, 0)
      const { state } = await ana.call<{ state: string }>('GET', `/seal-requests/${id}/wait?seconds=20`)
      assert.equal(state, 'withdrawn')
      await refused(ana.tap(id), 409, 'push-over')
      await until(
        () => held.outcomes(),
        (outcomes) => outcomes.at(-1) === 'gone',
      )
      assert.equal(await held.tip('main'), before)
      // Its objects wait in no quarantine any more.
      await until(
        () => listQuarantines(postern),
        (left) => left.length === 0,
      )
    })

    test('cannot be released with a tap for another branch, another commit, or by somebody else', async () => {
      const { database } = postern.postern.ceremonies
      const before = await held.tip('main')
      const spent = await database.read
        .selectFrom('seal')
        .selectAll()
        .where('action', '=', 'push')
        .orderBy('sealedAt', 'desc')
        .executeTakeFirstOrThrow()
      const ben = await database.read.selectFrom('user').select('id').where('username', '=', 'ben').executeTakeFirst()
      for (const [forged, code] of [
        [{ consumedAt: null }, 'seal-mismatch'],
        [{}, 'seal-spent'],
        [{ consumedAt: null, userId: ben?.id ?? spent.userId }, 'seal-spent'],
      ] as const) {
        const push = held.push('main')
        const { id } = await requestOf(push, ana)
        await database.write(async (tx) => {
          await tx
            .updateTable('seal')
            .set({ ...forged, requestId: id as typeof spent.requestId })
            .where('id', '=', spent.id)
            .execute()
          await tx
            .updateTable('sealRequest')
            .set({ state: 'sealed' })
            .where('id', '=', id as typeof spent.requestId)
            .execute()
        })
        await endsWith(push, /This tap was/, code)
        await database.write((tx) => tx.updateTable('seal').set(spent).where('id', '=', spent.id).execute())
      }
      assert.equal(await held.tip('main'), before)
    })

    test('holds a new branch that only a guardrail speaks of, and no other', async () => {
      await held.git('switch', '--quiet', '--create', 'release/1')
      const oid = await held.commit('release.txt')
      const push = held.push('release/1')
      const { id } = await requestOf(push, ana)
      await push.seen(/To push to a branch takes a tap on your key\. The rule “Tap to push to protected branches” asks/)
      await ana.tap(id)
      assert.equal((await push.ended).code, 0)
      assert.equal(await held.tip('release/1'), oid)
      const row = await held.lastUpdate('refs/heads/release/1')
      assert.match(row.method, /^seal /)

      await endsWith(
        held.push(':release/1'),
        /not deleted by a push\. Delete it on the repository’s page/,
        'delete-in-console',
      )
      // Nor by another door that a program reaches; its person does it there, as the refusal says.
      const { status } = await fetch(`${postern.origin}/api/v1${held.path}/branches/release/1`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${held.token}` },
      })
      assert.deepEqual([status, await held.tip('release/1')], [403, oid])
      // That takes her tap, too, which is for what she saw: not for what somebody brought meanwhile.
      const there = `${held.path}/branches/release/1`
      const asked = await refused(ana.call('DELETE', there), 401, 'seal-required')
      assert.equal(asked.detail, 'Delete the branch release/1 of payments/api')
      assert.equal(await held.tip('release/1'), oid)
      const seal = await ana.tap(asked.sealRequestId ?? '')
      const more = await held.commit('more.txt')
      const again = held.push('release/1')
      await ana.tap((await requestOf(again, ana)).id)
      assert.equal((await again.ended).code, 0)
      await refused(ana.call('DELETE', there, undefined, { 'postern-seal': seal }), 409, 'seal-mismatch')
      assert.equal(await held.tip('release/1'), more)
      await ana.act('DELETE', there)
      assert.equal(await held.tip('release/1'), '')
      const gone = await held.lastUpdate('refs/heads/release/1')
      assert.deepEqual([gone.state, gone.method.split(' ')[0], gone.sealId], ['done', 'seal', null])

      await held.git('branch', '--force', 'release/2')
      await endsWith(
        held.push('main', 'release/2'),
        /release\/2 each take a tap\. Push them one at a time\.|each take a tap\. Push them one at a time\./,
        'one-at-a-time',
      )
      await held.git('switch', '--quiet', 'main')
    })

    test('is refused before anybody taps where it takes something away, hides history or brings a merge', async () => {
      await held.git('fetch', '--quiet', 'origin', 'main')
      await held.git('switch', '--quiet', '--detach', 'FETCH_HEAD')
      const tip = await held.git('rev-parse', 'HEAD')
      await endsWith(held.push('--force', 'HEAD~1:main'), /a push can only add to it/, 'not-fast-forward')
      await held.git('switch', '--quiet', '--detach', `${tip}~1`)
      await held.commit('side.txt')
      await held.git('merge', '--quiet', '--no-ff', '--no-edit', tip)
      await endsWith(held.push('HEAD:main'), /would no longer be on its first-parent line/, 'foxtrot')
      const side = await held.git('rev-parse', 'HEAD^1')
      await held.git('switch', '--quiet', '--detach', tip)
      await held.git('merge', '--quiet', '--no-ff', '--no-edit', side)
      await endsWith(held.push('HEAD:main'), /main keeps a straight history\. Rebase your work/, 'linear-history')
      await held.git('switch', '--quiet', 'main')
    })

    test('is nothing that a program can answer', async () => {
      const { database } = postern.postern.ceremonies
      const kind = (kind: 'agent' | 'person') =>
        database.write((tx) => tx.updateTable('user').set({ kind }).where('username', '=', 'robot').execute())
      const robot = await postern.join(ana, 'robot')
      await ana.act('PUT', `${held.path}/members/user/robot`, { role: 'write' })
      const token = await robot.makeToken('bot')
      await kind('agent')
      await held.commit('robot.txt')
      const push = startPush(held.work, token, ['origin', 'main'])
      await endsWith(
        push,
        /main takes a person’s tap, which a program cannot give[^]*HEAD:refs\/for\/main/,
        'person-required',
      )
      assert.equal((await startPush(held.work, token, ['origin', 'HEAD:refs/heads/robot']).ended).code, 0)
    })

    test('takes the other references of its push with it, and ends with its person’s access', async () => {
      await held.git('fetch', '--quiet', 'origin', 'main')
      await held.git('switch', '--quiet', '--detach', 'FETCH_HEAD')
      const oid = await held.commit('tagged.txt')
      const push = held.push('HEAD:main', 'HEAD:refs/tags/v1', 'HEAD:refs/heads/along')
      await ana.tap((await requestOf(push, ana)).id)
      assert.equal((await push.ended).code, 0)
      assert.deepEqual([await held.tip('main'), await held.tip('along')], [oid, oid])
      const [main, along] = [await held.lastUpdate('refs/heads/main'), await held.lastUpdate('refs/heads/along')]
      assert.equal(along.batchId, main.batchId)
      assert.deepEqual([along.sealId, along.method.split(' ')[0], along.strength], [null, 'token', 'password'])

      const cleo = await postern.join(ana, 'cleo')
      await ana.act('PUT', `${held.path}/members/user/cleo`, { role: 'write' })
      await held.commit('cleo.txt')
      const hers = startPush(held.work, await cleo.makeToken('hers'), ['origin', 'HEAD:main'])
      await requestOf(hers, cleo)
      const { database } = postern.postern.ceremonies
      await database.write((tx) =>
        tx.updateTable('user').set({ state: 'ended' }).where('username', '=', 'cleo').execute(),
      )
      await endsWith(hers, /Your access ended while this push waited, so it did not land\./, 'access-ended')
      assert.equal(await held.tip('main'), oid)
      await held.git('switch', '--quiet', 'main')
    })

    test('takes a key as strong as the guardrail asks, and no tap from elsewhere', async () => {
      const dan = await postern.join(ana, 'dan')
      await ana.act('PUT', `${held.path}/members/user/dan`, { role: 'write' })
      const token = await dan.makeToken('his')
      const rule = { ...shipped('tap-to-push'), id: 'strong', title: 'Strong', where: { branches: ['strong/*'] } }
      await setRules(ana, [{ ...rule, requires: { strength: 'attested' } }])
      await held.commit('strong.txt')
      const push = startPush(held.work, token, ['origin', 'HEAD:refs/heads/strong/1'])
      const { id } = await requestOf(push, dan)
      await push.seen(/you need a hardware key of a verified model\. The rule “Strong” asks for it/)
      await refused(dan.tap(id), 403, 'not-allowed')
      push.interrupt()
      await push.ended

      await setRules(ana, [{ ...rule, requires: { networks: ['192.0.2.0/24'] } }])
      await endsWith(
        startPush(held.work, token, ['origin', 'HEAD:refs/heads/strong/1']),
        /To push to a branch you must come from a known network\. The rule “Strong” asks for it\./,
        'not-allowed',
      )
      const { leaf } = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select('leaf')
        .where('policyAct', '=', 'push')
        .where('action', '=', 'push.refused')
        .executeTakeFirstOrThrow()
      const { decision } = JSON.parse(leaf) as { decision: { outcome: string; branch: string; rule: string } }
      assert.deepEqual([decision.outcome, decision.branch, decision.rule], ['deny', 'strong/1', 'strong'])
      await setRules(ana, [shipped('tap-to-push')])
    })

    async function endsWith(push: RunningPush, sentence: RegExp, code: string | undefined): Promise<void> {
      const { code: exit, screen } = await push.ended
      assert.notEqual(exit, 0, screen)
      assert.match(screen, sentence)
      assert.match(screen, /! \[remote rejected\]/)
      if (code !== undefined) await until(codes, (told) => told.at(-1) === code)
    }
  })
