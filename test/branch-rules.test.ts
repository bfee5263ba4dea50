import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import type { Tx } from '../src/database/handles.ts'
import type { Id } from '../src/database/id.ts'
import type { TableName } from '../src/database/schema.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type { ReviewMade } from '../src/pull-requests/review/shapes.ts'
import { type BranchRule, firstRule } from '../src/repositories/branch-rule.ts'
import { lockNumbers } from '../src/repositories/next-number.ts'
import { prepareRefUpdates } from '../src/repositories/ref-updates.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`branch rules on ${store.name}`, () => {
    let postern: StartedPostern
    let people: Record<'ana' | 'bob' | 'cy' | 'dan', Person>
    let tokens: Record<keyof typeof people, string>
    let repository: Proposing
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      const ana = await postern.owner()
      people = {
        ana,
        bob: await postern.join(ana, 'bob'),
        cy: await postern.join(ana, 'cy'),
        dan: await postern.join(ana, 'dan'),
      }
      repository = await makeProposing(postern, ana, 'pay/api')
      for (const name of ['bob', 'cy', 'dan'])
        await ana.act('PUT', `${repository.path}/members/user/${name}`, { role: 'write' })
      tokens = {
        ana: await ana.makeToken('pushes'),
        bob: await people.bob.makeToken('pushes'),
        cy: await people.cy.makeToken('pushes'),
        dan: await people.dan.makeToken('pushes'),
      }
    })
    after(() => postern[Symbol.asyncDispose]())

    type Name = keyof typeof people
    const rulePath = (branch = 'main'): string => `${repository.path}/protected-branches/${branch}/rule`
    const readRule = () =>
      people.ana.call<{
        rule: BranchRule
        canEdit: boolean
        codeOwners: { path: string | null; problems: string[] }
        names: Record<string, string>
      }>('GET', rulePath())
    /** Sets exactly this, everything else as in the first rule. */
    const setRule = async (change: Partial<BranchRule> = {}): Promise<void> => {
      const wanted = { ...firstRule, ...change }
      try {
        await people.ana.act('PUT', rulePath(), wanted)
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.code !== 'unchanged') throw error
      }
    }
    const work = (): string => join(postern.folder, 'work-pay-api')
    const git = (by: Name, ...args: string[]): Promise<string> =>
      gitOrThrow(work(), [...withToken(tokens[by]), ...args])

    /** Commits these files on a branch and pushes it; the branch begins at the main of now unless told. */
    async function push(
      by: Name,
      branch: string,
      files: Record<string, string>,
      isNew = true,
      amend = false,
    ): Promise<string> {
      await git('ana', 'fetch', '--quiet', 'origin')
      await git('ana', 'checkout', '--quiet', ...(isNew ? ['-B', branch, 'origin/main'] : [branch]))
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(work(), path)), { recursive: true })
        await writeFile(join(work(), path), text)
      }
      await git('ana', 'add', '--all')
      const mine = commitAs(by, `${by}@example.com`, Date.now())
      const message = amend ? ['--amend', '--message', 'Other words'] : ['--message', `Change ${branch}`]
      await gitOrThrow(work(), ['commit', '--quiet', '--allow-empty', ...message], mine)
      await git(by, 'push', '--quiet', '--force', 'origin', branch)
      return (await git('ana', 'rev-parse', 'HEAD')).trim()
    }
    let made = 0
    async function propose(by: Name, files?: Record<string, string>): Promise<{ number: number; branch: string }> {
      const branch = `change-${++made}`
      await push(by, branch, files ?? { [`${branch}.txt`]: branch })
      const { number } = await people[by].call<{ number: number }>('POST', `${repository.path}/pull-requests`, {
        title: branch,
        description: '',
        sourceBranch: branch,
        targetBranch: 'main',
      })
      return { number, branch }
    }
    const view = (number: number, by: Name = 'ana') =>
      people[by].call<PullRequestView>('GET', `${repository.path}/pull-requests/${number}`)
    const review = async (by: Name, number: number, verdict: string): Promise<ReviewMade> =>
      people[by].call('POST', `${repository.path}/pull-requests/${number}/reviews`, {
        verdict,
        body: verdict === 'approved' ? '' : 'Please look at this.',
        headOid: (await view(number)).headOid,
      })
    const approve = async (by: Name, number: number): Promise<void> => {
      const { sealRequest } = await review(by, number, 'approved')
      await people[by].tap(sealRequest?.id ?? '')
    }
    const unmet = async (number: number): Promise<string[]> =>
      (await view(number)).mergeability.checks.filter(({ isMet }) => !isMet).map(({ label }) => label)
    const prepare = (number: number, by: Name = 'ana', method = 'merge') =>
      people[by].call<{ sealRequestId: string }>(
        'POST',
        `${repository.path}/pull-requests/${number}/merge-preparation`,
        {
          method,
        },
      )
    const release = (number: number, seal: string, by: Name = 'ana') =>
      people[by].call(
        'POST',
        `${repository.path}/pull-requests/${number}/merge`,
        { method: 'merge' },
        { 'postern-seal': seal },
      )
    /** The page, the preparation and the merge by API say the same. */
    async function notReady(number: number, label: RegExp): Promise<void> {
      ahead += 61_000
      const seen = await view(number)
      assert.equal(seen.mergeability.state, 'not-ready', JSON.stringify(seen.mergeability))
      assert.equal(seen.can.merge, false)
      const line = seen.mergeability.checks.find((check) => !check.isMet && label.test(check.label))
      assert.ok(line, `${String(label)} is not among ${JSON.stringify(seen.mergeability.checks)}`)
      const prepared = await refused(prepare(number), 409, 'not-ready')
      const merged = await refused(
        people.ana.call('POST', `${repository.path}/pull-requests/${number}/merge`, { method: 'merge' }),
        409,
        'not-ready',
      )
      assert.ok((prepared.detail ?? '').includes(line.help ?? '?'), String(prepared.detail))
      assert.equal(merged.detail, prepared.detail)
    }
    async function merges(number: number, by: Name = 'ana'): Promise<void> {
      ahead += 61_000
      assert.deepEqual(await unmet(number), [])
      await release(number, await people[by].tap((await prepare(number, by)).sealRequestId), by)
    }

    test('the first rule is read by whoever may read, and changed by administrators alone, in a browser', async () => {
      const { rule, canEdit, codeOwners } = await readRule()
      assert.deepEqual([rule, canEdit, codeOwners.path], [firstRule, true, null])
      const theirs = await people.bob.call<{ canEdit: boolean }>('GET', rulePath())
      assert.equal(theirs.canEdit, false)
      await refused(people.bob.call('PUT', rulePath(), { ...firstRule, approvals: 0 }), 403, 'not-allowed')
      const authorization = `Bearer ${await people.ana.makeToken('strong', ['repository:write'])}`
      const nobody = postern.stranger()
      await refused(nobody.call('PUT', rulePath(), firstRule, { authorization }), 403, 'person-required')
      await refused(nobody.call('GET', rulePath()), 401, 'sign-in-required')
      await refused(people.ana.call('GET', rulePath('other')), 404, 'not-found')
      await refused(people.ana.call('PUT', rulePath('other'), firstRule), 404, 'not-found')
      await refused(people.ana.call('PUT', rulePath(), firstRule), 409, 'unchanged')
      await refused(people.ana.call('PUT', rulePath(), { ...firstRule, approvals: 11 }), 422, 'invalid-input')
      await refused(people.ana.call('PUT', rulePath(), { approvals: 1 }), 422, 'invalid-input')
    })

    test('contradictions are refused with a sentence for each field', async () => {
      const answer = await people.ana.fetch('PUT', rulePath(), {
        ...firstRule,
        push: 'tap',
        approvals: 2,
        bypass: ['user:usr_nobody'],
      })
      assert.equal(answer.status, 422)
      const { fields } = (await answer.json()) as { fields: Record<string, string> }
      assert.deepEqual(Object.keys(fields).sort(), ['agentApprovals', 'bypass', 'push'])
    })

    test('the tap says what changes, as it was and as it will be, and warns of what nobody could meet', async () => {
      const wanted = { ...firstRule, approvals: 9, agentApprovals: 9 }
      const problem = await people.ana.call('PUT', rulePath(), wanted).catch((error: ApiError) => error.problem)
      const { facts } = await people.ana.call<{
        facts: { rows: { label: string; value: string }[]; warnings: string[] }
      }>('GET', `/seal-requests/${(problem as ApiError['problem']).sealRequestId}`)
      assert.deepEqual(facts.rows[1], { label: 'People who must approve', value: '0 → 9', kind: 'text' })
      assert.match(facts.warnings[0] ?? '', /^9 people would have to approve, and besides whoever proposes only 3 may/)
    })

    test('of two changes at once the second is looked at again', async () => {
      await setRule()
      const first = { ...firstRule, resolveThreads: true }
      const second = { ...firstRule, keepOnSamePatch: false }
      const asked = await refused(people.ana.call('PUT', rulePath(), second), 401, 'seal-required')
      const seal = await people.ana.tap(asked.sealRequestId ?? '')
      await people.ana.act('PUT', rulePath(), first)
      await refused(people.ana.call('PUT', rulePath(), second, { 'postern-seal': seal }), 409, 'seal-mismatch')
      assert.deepEqual((await readRule()).rule, first)
      const { items } = await people.ana.call<{ items: { facts: Record<string, string> }[] }>(
        'GET',
        '/audit?action=branch.rule-changed',
      )
      assert.match(JSON.stringify(items[0]), /Every thread resolved: no → yes/)
      await setRule()
    })

    test('another branch is protected from its tip on', async () => {
      const oid = await push('bob', 'release', { 'release.txt': '1' })
      const path = `${repository.path}/protected-branches`
      await refused(people.bob.call('POST', path, { branch: 'release' }), 403, 'not-allowed')
      await refused(people.ana.call('POST', path, { branch: 'main' }), 409, 'already-protected')
      await refused(people.ana.call('POST', path, { branch: 'nowhere' }), 422, 'invalid-input')
      const begun = await people.ana.act<{ branch: string; baselineOid: string }>('POST', path, { branch: 'release' })
      assert.deepEqual([begun.branch, begun.baselineOid], ['release', oid])
      await assert.rejects(push('bob', 'release', { 'release.txt': '2' }, false), /protected/)
    })

    test('a tip that moved between the asking and the tap is not taken as the start', async () => {
      await push('bob', 'moving', { 'moving.txt': '1' })
      const path = `${repository.path}/protected-branches`
      const asked = await refused(people.ana.call('POST', path, { branch: 'moving' }), 401, 'seal-required')
      const seal = await people.ana.tap(asked.sealRequestId ?? '')
      await push('bob', 'moving', { 'moving.txt': '2' }, false)
      await refused(people.ana.call('POST', path, { branch: 'moving' }, { 'postern-seal': seal }), 409, 'seal-mismatch')
    })

    /** Begins `work` and comes back once it is over, or waits for a lock of PostgreSQL; SQLite lets one write at a time. */
    async function begin<Result>(work: Promise<Result>): Promise<() => Promise<Result>> {
      const { read, dialect } = postern.postern.ceremonies.database
      let isOver = false
      const ended = (): boolean => (isOver = true)
      work.then(ended, ended)
      const waiting = sql<{
        pid: number
      }>`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      const isKept = async (): Promise<boolean> => (await waiting.execute(read as never)).rows.length > 0
      if (dialect === 'postgres') await until(async () => isOver || (await isKept()), Boolean)
      return () => work
    }

    test('protection and an update that lands in the same moment wait for each other', async () => {
      const { database } = postern.postern.ceremonies
      const ref = 'refs/heads/landing'
      const oid = await push('bob', 'landing', { 'landing.txt': '1' })
      const path = `${repository.path}/protected-branches`
      const repositoryId = (await people.ana.call<{ id: Id<'rep'> }>('GET', repository.path)).id
      const at = Date.now()
      const createdBy = (await people.ana.call<{ id: Id<'usr'> }>('GET', '/me')).id
      /** A transaction that stays open in front of the others until `meanwhile` has got as far as it can. */
      async function inFront<Result>(
        write: (tx: Tx<TableName>) => Promise<unknown>,
        meanwhile: () => Promise<Result>,
      ): Promise<() => Promise<Result>> {
        const [written, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const front = database.write(async (tx) => {
          await lockNumbers(tx, repositoryId)
          await write(tx)
          written.resolve()
          await over.promise
        })
        await written.promise
        const begun = await begin(meanwhile())
        over.resolve()
        await front
        return begun
      }

      const asked = await refused(people.ana.call('POST', path, { branch: 'landing' }), 401, 'seal-required')
      const seal = await people.ana.tap(asked.sealRequestId ?? '')
      const moves = [{ ref, oldOid: oid, newOid: 'f'.repeat(40) }]
      const protecting = await inFront(
        (tx) =>
          prepareRefUpdates(tx, {
            repositoryId,
            moves,
            actorId: createdBy,
            method: 'system',
            strength: 'password',
            at,
          }),
        () => people.ana.call('POST', path, { branch: 'landing' }, { 'postern-seal': seal }),
      )
      await refused(protecting(), 409, 'ref-moved')

      const row = { repositoryId, ref, baselineOid: oid, protectSealId: null, rule: '{}', createdAt: at, createdBy }
      const deleting = await inFront(
        (tx) =>
          tx
            .insertInto('protectedBranch')
            .values({ ...row, stockVerifiableOnly: 1 })
            .execute(),
        () => people.bob.call('DELETE', `${repository.path}/branches/landing`),
      )
      await refused(deleting(), 403, 'protected-branch')
      await database.write(async (tx) => {
        await tx.updateTable('refUpdate').set({ state: 'abandoned' }).where('state', '=', 'prepared').execute()
        await tx.deleteFrom('protectedBranch').where('ref', '=', ref).execute()
      })
    })

    test('two people approve, and every door says the same until they have', async () => {
      await setRule({ approvals: 2, agentApprovals: 2 })
      const { number } = await propose('bob')
      await notReady(number, /^2 people must have approved/)
      await approve('cy', number)
      await notReady(number, /^2 people must have approved/)
      await approve('cy', number)
      await notReady(number, /^2 people must have approved/)
      assert.match(
        (await view(number)).mergeability.checks.find(({ isMet }) => !isMet)?.help ?? '',
        /So far: Cy Example/,
      )
      await approve('dan', number)
      const ready = await view(number)
      assert.ok(ready.mergeability.checks.some(({ label }) => /^Approved by (Cy|Dan) Example and/.test(label)))
      assert.equal(ready.reviewState, 'approved')
      await merges(number)
    })

    test('another push with other content voids approvals; another message over the same keeps them', async () => {
      await setRule({ approvals: 1, agentApprovals: 1, excludeLastPusher: false })
      const { number, branch } = await propose('bob')
      await approve('cy', number)
      assert.deepEqual(await unmet(number), [])
      await push('bob', branch, {}, false, true)
      assert.deepEqual(await unmet(number), [])
      await push('bob', branch, { [`${branch}.txt`]: 'evil' }, false, true)
      await notReady(number, /^One person must have approved/)
    })

    test('who pushed last does not count', async () => {
      await setRule({ approvals: 1, agentApprovals: 1 })
      const { number, branch } = await propose('bob')
      await approve('cy', number)
      assert.deepEqual(await unmet(number), [])
      await push('cy', branch, {}, false, true)
      await notReady(number, /^One person must have approved/)
      await approve('dan', number)
      await merges(number)
    })

    test('a rule that changed between the tap and the merge is the one that counts', async () => {
      await setRule()
      const { number } = await propose('bob')
      ahead += 61_000
      const seal = await people.ana.tap((await prepare(number)).sealRequestId)
      await setRule({ approvals: 1, agentApprovals: 1 })
      await refused(release(number, seal), 409, 'not-ready')
      assert.equal((await view(number)).state, 'open')
    })

    test('whoever asks for changes stands in the way until they approve', async () => {
      await setRule()
      const { number } = await propose('bob')
      await review('cy', number, 'changes-requested')
      await notReady(number, /^Cy Example asks for changes/)
      assert.equal((await view(number)).reviewState, 'changes-requested')
      await approve('cy', number)
      await merges(number)
    })

    test('2 developers and 1 of security are three people', async () => {
      const ids: string[] = []
      const members = { developers: ['ana', 'cy', 'dan'], security: ['cy', 'dan'] }
      for (const [name, all] of Object.entries(members)) {
        await people.ana.act('POST', '/groups', { name, description: '' })
        for (const who of all) await people.ana.act('PUT', `/groups/${name}/members/${who}`, {})
      }
      const { items } = await people.ana.call<{ items: { id: string; name: string }[] }>('GET', '/groups')
      for (const name of ['developers', 'security']) ids.push(items.find((group) => group.name === name)?.id ?? '')
      const groups = ids.map((groupId, index) => ({ groupId, count: index === 0 ? 2 : 1 }))
      await setRule({ groups })
      assert.deepEqual((await readRule()).names, { [ids[0] ?? '']: 'developers', [ids[1] ?? '']: 'security' })
      const { number } = await propose('bob')
      await approve('cy', number)
      await notReady(number, /^Approved by 2 of the group developers/)
      // Both are in both groups, and stand for one each.
      await approve('dan', number)
      await notReady(number, /^Approved by 1 of the group security/)
      await approve('ana', number)
      await merges(number)
    })

    test('required checks: by the token that the rule names, for exactly this head', async () => {
      const made = await people.ana.act<{ token: { id: string }; secret: string }>('POST', '/me/tokens', {
        name: 'ci',
        scopes: ['status:write'],
        repositoryIds: null,
        expiresInDays: 30,
      })
      await setRule({ checks: [{ name: 'ci', tokenIds: [made.token.id] }] })
      const { number, branch } = await propose('bob')
      const say = async (state: string, secret = made.secret): Promise<unknown> =>
        postern
          .stranger()
          .call(
            'POST',
            `${repository.path}/commits/${(await view(number)).headOid}/statuses`,
            { name: 'ci', state },
            { authorization: `Bearer ${secret}` },
          )
      await notReady(number, /^Check “ci”/)
      await refused(say('success', tokens.bob), 403, 'check-setter')
      await say('pending')
      await notReady(number, /^Check “ci”/)
      assert.deepEqual(
        (await view(number)).checks.map(({ name, isRequired, status, whyNot }) => [
          name,
          isRequired,
          status?.state,
          whyNot,
        ]),
        [['ci', true, 'pending', '“ci” has not finished.']],
      )
      await say('success')
      assert.deepEqual(await unmet(number), [])
      assert.equal((await view(number)).checkState, 'success')
      await push('bob', branch, { [`${branch}.txt`]: 'untested' }, false)
      await notReady(number, /^Check “ci”/)
      await say('success')
      await merges(number)
    })

    test('code owners: those of the target branch, whatever the change says of them', async () => {
      await setRule()
      const owners = await propose('bob', {
        CODEOWNERS: '/billing/ @dan\n/nobody/ @ghost\n* @cy\n/free/\n/billing/ @dan\n',
      })
      await merges(owners.number)
      await setRule({ codeOwners: true })
      const { codeOwners } = await readRule()
      assert.deepEqual(codeOwners, { path: 'CODEOWNERS', problems: ['CODEOWNERS, line 2: “@ghost” is nobody here.'] })

      const stealing = await propose('bob', { CODEOWNERS: '* @bob\n', 'billing/pay.ts': 'mine' })
      await notReady(stealing.number, /^Owner of billing\/pay\.ts/)
      await approve('dan', stealing.number)
      await notReady(stealing.number, /^Owner of CODEOWNERS/)
      await approve('cy', stealing.number)
      assert.deepEqual(await unmet(stealing.number), [])

      const free = await propose('bob', { 'free/a.txt': 'a' })
      await merges(free.number)
      const deleting = await propose('bob')
      await git('ana', 'rm', '--quiet', 'free/a.txt')
      await push('bob', deleting.branch, {}, false)
      await notReady(deleting.number, /^Owner of change-\d+\.txt agrees/)
    })

    test('a CODEOWNERS that cannot be used lets nobody own, and nothing through', async () => {
      await setRule()
      await merges((await propose('bob', { CODEOWNERS: `* @cy\n${'# filler\n'.repeat(120_000)}` })).number)
      await setRule({ codeOwners: true })
      const { number } = await propose('bob')
      await approve('cy', number)
      await notReady(number, /names nobody who could agree/)
      assert.match((await readRule()).codeOwners.problems[0] ?? '', /larger than 1 MB/)
      await setRule()
      await merges((await propose('bob', { CODEOWNERS: '* @ghost\n' })).number)
      await setRule({ codeOwners: true })
      const other = await propose('bob')
      await approve('cy', other.number)
      await notReady(other.number, /names nobody who could agree/)
      assert.match((await refused(prepare(other.number), 409, 'not-ready')).detail ?? '', /“@ghost” is nobody here/)
    })

    test('whoever the rule lets past it is told so, and why everybody else is not', async () => {
      const { id } = await people.cy.call<{ id: string }>('GET', '/me')
      await setRule({ approvals: 1, agentApprovals: 1, bypass: [`user:${id}`] })
      assert.deepEqual((await readRule()).names, { [id]: 'cy' })
      const { number } = await propose('bob')
      const refusal = async (by: Name): Promise<string | null> => (await view(number, by)).can.bypassRefusal
      assert.equal(await refusal('cy'), null)
      assert.match((await refusal('dan')) ?? '', /does not name you/)
      assert.match((await refusal('ana')) ?? '', /does not name you/)
      await approve('dan', number)
      assert.match((await refusal('cy')) ?? '', /All that the rule asks for is met/)
    })

    test('a base that was rewritten is looked at as it is now', async () => {
      await push('bob', 'loose', { 'loose.txt': '1' })
      const tip = await push('bob', 'loose', { 'loose.txt': '2' }, false)
      await git('ana', 'checkout', '--quiet', '-B', 'on-loose', tip)
      await push('bob', 'on-loose', { 'mine.txt': 'mine' }, false)
      const { number } = await people.bob.call<{ number: number }>('POST', `${repository.path}/pull-requests`, {
        title: 'On loose',
        description: '',
        sourceBranch: 'on-loose',
        targetBranch: 'loose',
      })
      ahead += 61_000
      const seal = await people.ana.tap((await prepare(number)).sealRequestId)
      await push('bob', 'loose', { 'loose.txt': 'rewritten' })
      await refused(release(number, seal), 409, 'base-moved')
      assert.equal((await view(number)).mergeability.state, 'conflicts')
      await git('ana', 'checkout', '--quiet', '--orphan', 'elsewhere')
      await gitOrThrow(
        work(),
        ['commit', '--quiet', '--message', 'Unrelated'],
        commitAs('bob', 'bob@example.com', Date.now()),
      )
      await git('bob', 'push', '--quiet', '--force', 'origin', 'elsewhere:loose')
      assert.equal((await view(number)).mergeability.state, 'not-allowed')
      await refused(prepare(number), 409, 'unrelated')
    })

    test('the ways to merge say why they are not one', async () => {
      await setRule({ stockVerifiableOnly: false, methods: ['squash', 'rebase', 'fast-forward'] })
      const { number } = await propose('bob')
      const { methods } = await view(number)
      assert.deepEqual(
        methods.map(({ method, refusal }) => [method, refusal === null]),
        [
          ['merge', false],
          ['squash', true],
          ['rebase', true],
          ['fast-forward', true],
        ],
      )
      await refused(prepare(number), 409, 'method-refused')
    })
  })
