import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parseTrailers } from '../seals/format/commit.ts'
import { cleanReason, readBypass, withoutBypassLines } from './bypass.ts'
import { whyNeedless } from './merge-rights.ts'
import { askForConfirmation, createConfirmation } from './confirm-bypass.ts'
import { anyMethod, expectProblem, landingIn } from './landing-testing.ts'
import { openPullRequests, type Protected, type PullRequestFixture, type Tapper } from './pull-request-testing.ts'
import { recordOverdue } from './record-overdue.ts'

const reason = 'The site is down and everybody sleeps.'

describe('merging past the rule', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  let eve: Tapper
  let on: ReturnType<typeof landingIn>
  before(async () => {
    fixture = await openPullRequests()
    ana = await fixture.addTapper('ana-lee')
    bob = await fixture.addTapper('bob')
    eve = await fixture.addTapper('eve', 'member')
    on = landingIn(fixture)
  })
  after(() => fixture[Symbol.asyncDispose]())

  let made = 0
  /** Two approvals are asked for, and nobody gave any. */
  async function addStrict(bypass = ['repository-role:admin']): Promise<Protected> {
    const repository = await fixture.addProtected(`strict-${++made}`, ana)
    await on.setRule(repository, { ...anyMethod, approvals: 2, bypass, bypassReviewHours: 2 })
    return repository
  }
  async function addBypassed(): Promise<{ repository: Protected; number: number; mergeOid: string }> {
    const repository = await addStrict()
    await repository.push('fix', { fix: '1' }, 'main')
    const number = await on.open(repository, bob, 'fix')
    return { repository, number, mergeOid: await on.land(repository, ana, number, { bypass: { reason } }) }
  }
  const confirm = createConfirmation({
    get policy() {
      return fixture.parts.policy
    },
    get root() {
      return fixture.root
    },
    now: () => fixture.now(),
    project: (place) => fixture.parts.project(place),
  })
  async function tapConfirmation(repository: Protected, person: Tapper, number: number): Promise<void> {
    const asked = await askForConfirmation(fixture.parts, { place: repository.place, caller: person.caller, number })
    await person.tap(asked.sealRequestId, { confirm })
  }
  const eventsOf = async (action: string) => (await fixture.events()).filter((event) => event.action === action)

  it('is refused without a reason to, and then says what of the rule is not met', async () => {
    const repository = await addStrict()
    await repository.push('hot', { hot: '1' }, 'main')
    const number = await on.open(repository, bob, 'hot')
    await expectProblem(on.prepare(repository, ana, number), 'not-ready')
    const { facts, sealRequestId } = await on.prepare(repository, ana, number, { bypass: { reason } })
    assert.match(facts.title, /past its rule$/)
    assert.match(
      facts.warnings.join('\n'),
      /past the rule of main.*second person.*\nNot met: 2 people must have approved/s,
    )
    const sealId = await ana.tap(sealRequestId)
    // Without saying so again, or with another reason, the tap is worth nothing.
    await expectProblem(on.release(repository, ana, number, sealId), 'not-ready')
    const other = { bypass: { reason: 'Another reason, as good' } }
    await expectProblem(on.release(repository, ana, number, sealId, other), 'seal-mismatch')
    const { mergeOid } = await on.release(repository, ana, number, sealId, { bypass: { reason } })
    await repository.git('fetch', '-q', 'origin')
    const message = await repository.git('log', '-1', '--format=%B', mergeOid)
    assert.equal(message.split('\n\n')[1], `Merged past the rule of main: ${reason}`)
    const row = await on.rowOf(repository, number)
    assert.deepEqual([row.bypassReason, row.confirmedBy], [reason, null])
    assert.equal((row.confirmBy ?? 0) - (row.closedAt ?? 0), 2 * 3_600_000)
    assert.equal((await eventsOf('merge.bypassed')).at(-1)?.facts['reason'], reason)
  })

  it('where nothing is in the way it is not needed', async () => {
    const repository = await fixture.addProtected(`open-${++made}`, ana)
    await on.setRule(repository, { bypass: ['repository-role:admin'] })
    await repository.push('calm', { calm: '1' }, 'main')
    const number = await on.open(repository, bob, 'calm')
    await expectProblem(on.prepare(repository, ana, number, { bypass: { reason } }), 'rule-met')
  })

  it('where only ways to merge are closed, that is said, and no reason opens them', () => {
    const way = (method: 'merge' | 'squash', refusal: string | null) => ({ method, refusal })
    assert.match(whyNeedless([way('merge', null), way('squash', null)]), /^Nothing of the rule is in the way/)
    assert.match(whyNeedless([way('merge', 'No.'), way('squash', null)]), /choose one that is open/)
    assert.match(whyNeedless([way('merge', 'No.'), way('squash', 'No.')]), /see what each of them needs/)
  })

  it('only by those the rule names, and only as a commit that can say it', async () => {
    const repository = await addStrict([`user:${bob.caller.id}`])
    await repository.push('named', { named: '1' }, 'main')
    const number = await on.open(repository, ana, 'named')
    await expectProblem(on.prepare(repository, ana, number, { bypass: { reason } }), 'not-allowed', /does not name you/)
    const agent = { ...bob, caller: { ...bob.caller, kind: 'agent' as const } }
    await expectProblem(on.prepare(repository, agent, number, { bypass: { reason } }), 'not-allowed', /Only a person/)
    for (const method of ['rebase', 'fast-forward'] as const)
      await expectProblem(on.prepare(repository, bob, number, { method, bypass: { reason } }), 'method-refused')
    const sealId = await bob.tap((await on.prepare(repository, bob, number, { bypass: { reason } })).sealRequestId)
    await on.setRule(repository, { approvals: 2, bypass: [] })
    await expectProblem(on.release(repository, bob, number, sealId, { bypass: { reason } }), 'not-allowed')
    await on.setRule(repository, { approvals: 2, bypass: [`user:${bob.caller.id}`] })
    await on.release(repository, bob, number, sealId, { bypass: { reason } })
  })

  it('conflicts hold all the same', async () => {
    const repository = await addStrict()
    await repository.push('one', { 'README.md': 'one\n' }, 'main')
    await repository.push('two', { 'README.md': 'two\n' }, 'main')
    const [one, two] = [await on.open(repository, bob, 'one'), await on.open(repository, bob, 'two')]
    await on.land(repository, ana, one, { bypass: { reason } })
    await expectProblem(on.prepare(repository, ana, two, { bypass: { reason } }), 'conflicts')
  })

  it('a reason is one visible line that can claim nothing', async () => {
    for (const bad of [
      'too short',
      'a'.repeat(501),
      `line\nbreak it is here`,
      'right \u202eto left in here',
      'zero\u200bwidth in here',
      '\u2028 line separator',
    ])
      assert.throws(() => cleanReason(bad), { code: 'invalid-input' }, JSON.stringify(bad))
    assert.equal(cleanReason('  two   spaces\u00a0between  '), 'two spaces between')
    const repository = await addStrict()
    await repository.push('claims', { claims: '1' }, 'main')
    const number = await on.open(repository, bob, 'claims')
    const claim = cleanReason('Postern-Statement: sha256:0000 Postern-Ref: refs/heads/main')
    const mergeOid = await on.land(repository, ana, number, { bypass: { reason: claim } })
    await repository.git('fetch', '-q', 'origin')
    const message = await repository.git('log', '-1', '--format=%B', mergeOid)
    assert.equal(message.match(/^postern-/gim)?.length, 4)
    assert.equal(parseTrailers(`${message.trimEnd()}\n`)?.ref, 'refs/heads/main')
    assert.equal((await on.rowOf(repository, number)).bypassReason, claim)
  })

  it('nobody can make a usual merge look like one, nor hide one', async () => {
    const repository = await fixture.addProtected(`plain-${++made}`, ana)
    await repository.push('sly', { sly: '1' }, 'main')
    const forged = 'Merged past the rule of main: because I can do it'
    const number = await on.open(repository, bob, 'sly', {
      title: forged,
      description: `${forged}\n\nm\u200berged  past the rule of main: x\n\nHonest.`,
    })
    const mergeOid = await on.land(repository, ana, number)
    await repository.git('fetch', '-q', 'origin')
    assert.equal((await on.rowOf(repository, number)).bypassReason, null)
    assert.match(await repository.git('log', '-1', '--format=%b', mergeOid), /^Honest\./)
    assert.equal(readBypass(Buffer.from(`tree x\n\nS\n\nText\n\n${forged}\n\nPostern-Ref: x\n`)), undefined)
    assert.equal(readBypass(Buffer.from(`tree x\n\nS\n\n${forged}\n\nPostern-Ref: x\n`)), 'because I can do it')
    assert.equal(withoutBypassLines(`a\r${forged}\u2028b`), 'a\nb')
    // However long what others wrote is, the reason stays.
    const strict = await addStrict()
    await strict.push('long', { long: '1' }, 'main')
    const long = await on.open(strict, bob, 'long', { description: 'x'.repeat(150_000) })
    await on.land(strict, ana, long, { bypass: { reason } })
    assert.equal((await on.rowOf(strict, long)).bypassReason, reason)
  })

  it('another person confirms it with a tap: not who merged, not who proposed, not somebody else', async () => {
    const { repository, number, mergeOid } = await addBypassed()
    await expectProblem(tapConfirmation(repository, ana, number), 'not-allowed', /You merged it/)
    await expectProblem(tapConfirmation(repository, bob, number), 'not-allowed', /You proposed it/)
    await expectProblem(
      tapConfirmation({ ...repository, place: { ...repository.place, role: 'write' } }, eve, number),
      'not-allowed',
    )
    // Nor who answers for the program that proposed: its work is theirs.
    const ownedBy = (kind: 'agent' | 'person', ownerId: Tapper['caller']['id'] | null) =>
      fixture.database.write((tx) =>
        tx.updateTable('user').set({ kind, ownerId }).where('id', '=', bob.caller.id).execute(),
      )
    const cyd = await fixture.addTapper('cyd', 'admin')
    await ownedBy('agent', cyd.caller.id)
    await expectProblem(tapConfirmation(repository, cyd, number), 'not-allowed', /Your own agent/)
    await ownedBy('person', null)
    const first = await askForConfirmation(fixture.parts, { place: repository.place, caller: cyd.caller, number })
    assert.deepEqual(first.facts.rows.find(({ label }) => label === 'Merged as')?.value, mergeOid)
    await tapConfirmation(repository, cyd, number)
    const row = await on.rowOf(repository, number)
    assert.equal(row.confirmedBy, cyd.caller.id)
    const [event] = (await eventsOf('bypass.confirmed')).slice(-1)
    assert.equal(event?.facts['seal'], row.confirmSealId)
    await expectProblem(cyd.tap(first.sealRequestId, { confirm }), 'already-confirmed')
    await repository.git('fetch', '-q', 'origin', 'refs/postern/seals')
    assert.match(
      await repository.git('ls-tree', '-r', '--name-only', 'FETCH_HEAD'),
      new RegExp(String(event?.facts['statement']).slice(9)),
    )
  })

  it('the tap of somebody who may no longer confirm brings nothing about', async () => {
    const { repository, number } = await addBypassed()
    const dan = await fixture.addTapper('dan', 'admin')
    const asked = await askForConfirmation(fixture.parts, { place: repository.place, caller: dan.caller, number })
    await assert.rejects(dan.tap(asked.sealRequestId, { confirm }, { ...dan.caller, role: 'member' }), {
      code: 'not-found',
    })
    assert.equal((await on.rowOf(repository, number)).confirmedBy, null)
    await dan.tap(asked.sealRequestId, { confirm })
  })

  it('what nobody looked at in time is recorded once', async () => {
    const { repository, number } = await addBypassed()
    const { confirmBy } = await on.rowOf(repository, number)
    const overdue = async () =>
      (await eventsOf('bypass.overdue')).filter(({ facts }) => facts['repository'] === repository.place.path)
    const at = (now: number) => ({ database: fixture.database, now: () => now })
    await recordOverdue(at(confirmBy ?? 0))
    assert.equal((await overdue()).length, 0)
    await Promise.all([recordOverdue(at((confirmBy ?? 0) + 1)), recordOverdue(at((confirmBy ?? 0) + 1))])
    await recordOverdue(at((confirmBy ?? 0) + 2))
    assert.equal((await overdue()).length, 1)
  })
})
