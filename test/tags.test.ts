import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CommitView, ComparisonView, DiffSummary, FilePatch, TagView } from '../src/repositories/shapes.ts'
import type { SealRequest } from '../src/seals/shapes.ts'
import { git, gitOrThrow, withToken } from '../src/walk/git.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import type { Judged } from '../src/verifier/report.ts'
import { main as verify } from '../src/verifier/main.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

let postern: StartedPostern
/** Added to the clock of this machine. */
let later = 0
let ana: Person
let ben: Person
let repository: Proposing
before(async () => {
  postern = await startPostern({ now: () => Date.now() + later })
  ana = await postern.owner()
  repository = await makeProposing(postern, ana, 'payments/api')
  ben = await postern.join(ana, 'ben')
  await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
  await repository.merge(ana, await repository.propose('one'))
})
after(() => postern[Symbol.asyncDispose]())

interface Wanted {
  name: string
  target?: string
  message?: string
}
const bodyOf = ({ name, target = 'main', message = '' }: Wanted) => ({ name, target, message })
const make = (person: Person, wanted: Wanted) => person.act('POST', `${repository.path}/tags`, bodyOf(wanted))
const list = async () => (await ana.call<{ items: TagView[] }>('GET', `${repository.path}/tags`)).items

const remove = (person: Person, name: string) => person.act('DELETE', `${repository.path}/tags/${name}`)

/** Asks and taps; what the tap is good for is the caller's to try. */
async function tapFor(person: Person, wanted: Wanted): Promise<string> {
  const asked = await person.call('POST', `${repository.path}/tags`, bodyOf(wanted)).catch((error: unknown) => error)
  assert.ok(asked instanceof ApiError && asked.problem.sealRequestId !== undefined)
  return person.tap(asked.problem.sealRequestId)
}
const release = (person: Person, wanted: Wanted, seal: string, path = repository.path) =>
  person.call('POST', `${path}/tags`, bodyOf(wanted), { 'postern-seal': seal })

test('a tag made by a tap is good to stock git, to `postern verify`, and says on its page who made it', async () => {
  await make(ben, { name: 'v1.0', message: 'First release\n\nWith payments.' })
  const clone = join(postern.folder, 'clone')
  await repository.git('clone', '--quiet', `${postern.origin}/payments/api.git`, clone)
  const token = withToken(await ana.makeToken('reading', ['repository:read']))
  await gitOrThrow(clone, [...token, 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*'])
  const signers = join(postern.folder, 'allowed_signers')
  await writeFile(signers, await gitOrThrow(clone, ['show', 'refs/postern/signers:allowed_signers']))
  const stock = await git(clone, ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-tag', 'v1.0'])
  assert.match(stock.stderr, /Good "git" signature for ben@localhost/)
  let text = ''
  const code = await verify([clone, '--tag', 'v1.0', '--json'], { out: (part) => (text += part), err: assert.fail })
  const { tags } = JSON.parse(text) as Judged
  assert.equal(code, 0)
  assert.deepEqual(
    tags.map((tag) => tag.state === 'proven' && [tag.name, tag.by.username, tag.on]),
    [['v1.0', 'ben', 'proven']],
  )
  const [tag] = await list()
  assert.equal(tag?.message, 'First release\n\nWith payments.')
  assert.equal(tag.proof?.by?.username, 'ben')
  const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=ref.created')
  assert.ok(
    items.some(({ sentence }) => /^Ben .*v1\.0/.test(sentence)),
    items[0]?.sentence ?? 'none',
  )
})

test('between two versions stands what came in, who proved it, and what only the older has', async () => {
  await repository.merge(ana, await repository.propose('two'))
  await repository.merge(ben, await repository.propose('three'))
  const compare = (from: string, to: string) =>
    ana.call<ComparisonView>('GET', `${repository.path}/compare?from=${from}&to=${to}`)
  const counts = async (from: string, to: string) => {
    const { changes, isComplete, proven, missing } = await compare(from, to)
    return { changes, isComplete, proven, missing }
  }
  // Each merge is one, with all that it brought along.
  assert.deepEqual(await counts('v1.0', 'main'), { changes: 2, isComplete: true, proven: 2, missing: 0 })
  assert.deepEqual(await counts('main', 'v1.0'), { changes: 0, isComplete: true, proven: 0, missing: 4 })
  assert.deepEqual(await counts('main', 'main'), { changes: 0, isComplete: true, proven: 0, missing: 0 })
  // Nobody tapped for what stands on a branch of somebody's own.
  await repository.git('fetch', '--quiet', '--tags', 'origin')
  await repository.git('switch', '--quiet', '--create', 'own', 'v1.0')
  await repository.git('-c', 'user.name=A', '-c', 'user.email=a@b.c', 'commit', '--quiet', '--allow-empty', '-m', 'Own')
  await repository.git('push', '--quiet', 'origin', 'own')
  assert.deepEqual(await counts('main', 'own'), { changes: 1, isComplete: true, proven: 0, missing: 4 })
  // Of several that one tap brought, it stands at the last.
  await repository.git('fetch', '--quiet', 'origin')
  await repository.git('switch', '--quiet', '--create', 'pair', 'origin/main')
  for (const name of ['first', 'second'])
    await repository.git(
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b.c',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      name,
    )
  await repository.git('push', '--quiet', 'origin', 'pair')
  const ways = { methods: ['merge', 'squash', 'rebase'], stockVerifiableOnly: false }
  await ana.act('PUT', `${repository.path}/protected-branches/main/rule`, { ...firstRule, ...ways })
  const { number } = await ana.call<{ number: number }>('POST', `${repository.path}/pull-requests`, {
    title: 'Pair',
    description: '',
    sourceBranch: 'pair',
    targetBranch: 'main',
  })
  const before = (await compare('v1.0', 'main')).to.oid
  await repository.merge(ana, number, 'rebase')
  assert.deepEqual(await counts(before, 'main'), { changes: 2, isComplete: true, proven: 2, missing: 0 })
  const middle = (await ana.call<{ items: CommitView[] }>('GET', `${repository.path}/commits`)).items[1]?.oid ?? ''
  assert.deepEqual(await counts(middle, 'main'), { changes: 1, isComplete: true, proven: 1, missing: 0 })
  const { base, from, to } = await compare('v1.0', before)
  assert.deepEqual([base, from.name, to.name], [from.oid, 'v1.0', before])
  const ends = `from=${from.oid}&to=${to.oid}`
  const { items } = await ana.call<{ items: CommitView[] }>('GET', `${repository.path}/compare/commits?${ends}`)
  assert.deepEqual(
    items.map(({ proof }) => proof?.by?.username),
    ['ben', 'ana'],
  )
  const { files } = await ana.call<DiffSummary>('GET', `${repository.path}/compare/files?${ends}`)
  assert.deepEqual(
    files.map(({ newPath }) => newPath),
    ['three.txt', 'two.txt'],
  )
  const patch = await ana.call<FilePatch>('GET', `${repository.path}/compare/files/1?${ends}`)
  assert.equal(patch.file.newPath, 'two.txt')
})

test('a second name of a tag is nobody’s: only the one that was tapped for has the proof', async () => {
  await repository.git('fetch', '--quiet', '--tags', 'origin')
  await repository.git('push', '--quiet', 'origin', 'refs/tags/v1.0:refs/tags/v9.9')
  const makers = new Map((await list()).map(({ name, proof }) => [name, proof?.by?.username]))
  assert.deepEqual([makers.get('v1.0'), makers.has('v9.9'), makers.get('v9.9')], ['ben', true, undefined])
})

test('whoever taps reads first what they sign, and whether the branch has it', async () => {
  await repository.propose('unmerged')
  const facts = async (wanted: Wanted) => {
    const asked = await ana.call('POST', `${repository.path}/tags`, bodyOf(wanted)).catch((error: unknown) => error)
    assert.ok(asked instanceof ApiError)
    return (await ana.call<SealRequest>('GET', `/seal-requests/${asked.problem.sealRequestId}`)).facts
  }
  const { title, rows, warnings } = await facts({ name: 'v2.0', message: 'Second' })
  assert.equal(title, 'Tag payments/api as v2.0')
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['Repository', 'Tag', 'Commit', 'Its message', 'Tree', 'Message of the tag', 'Policy'],
  )
  assert.deepEqual(warnings, [])
  assert.match((await facts({ name: 'v2.0', target: 'unmerged' })).warnings.join(), /This commit is not on main/)
  // What is no part of the tag is not read as one.
  const read = async (message: string) =>
    (await facts({ name: 'v2.0', message })).rows.find(({ label }) => label === 'Message of the tag')?.value
  assert.equal(await read('Second\n\n\n\nMore\nPostern-Ref: x\n  and on'), 'Second\n\nMore')
  assert.equal(await read('Postern-Ref: x'), 'v2.0')
})

test('a tag may be called like what is made, and its first line is taken whole or not at all', async () => {
  await make(ana, { name: 'postern-1.0' })
  const [tag] = (await list()).filter(({ name }) => name === 'postern-1.0')
  assert.equal(tag?.message, 'Tag postern-1.0')
  await make(ana, { name: 'long', message: 'a'.repeat(500) })
  await refused(make(ana, { name: 'longer', message: 'a'.repeat(501) }), 422, 'invalid-input')
})

test('a tap of before makes no tag that a later one has taken the place of', async () => {
  const wanted = { name: 'v8.0' }
  const early = await tapFor(ana, wanted)
  // Statements are dated in whole seconds.
  later += 1000
  await make(ben, wanted)
  await remove(ana, wanted.name)
  await refused(release(ana, wanted, early), 409, 'tag-replaced')
})

test('administrators delete a tag, with the tap that making one takes, and writers do not', async () => {
  await make(ben, { name: 'old/v1' })
  await make(ben, { name: 'old/v2' })
  await refused(remove(ben, 'old/v1'), 403, 'not-allowed')
  await refused(remove(ana, 'old/v3'), 404, 'not-found')
  await refused(remove(ana, 'old'), 404, 'not-found')
  await ana.call('DELETE', `${repository.path}/tags/old/v1`)
  await setRules(ana, [shipped('tap-to-tag')])
  await refused(ana.call('DELETE', `${repository.path}/tags/old/v2`), 401, 'seal-required')
  await refused(remove(ben, 'old/v2'), 403, 'not-allowed')
  await remove(ana, 'old/v2')
  await setRules(ana, [])
  assert.ok(!(await list()).some(({ name }) => name.startsWith('old/')))
  const { items } = await ana.call<{ items: { sentence: string; method: string }[] }>(
    'GET',
    '/audit?action=ref.deleted',
  )
  assert.deepEqual(
    items.map(({ sentence, method }) => [/tag old\/v\d/.exec(sentence)?.[0], method.split(' ')[0]]),
    [
      ['tag old/v2', 'passkey'],
      ['tag old/v1', 'session'],
      [undefined, 'session'],
    ],
  )
})

test('a tap is for one name, message, commit and repository, and makes one tag', async () => {
  const wanted = { name: 'v3.0', target: 'one', message: 'Third' }
  const seal = await tapFor(ben, wanted)
  await refused(release(ben, { ...wanted, name: 'v3.1' }, seal), 409, 'seal-mismatch')
  await refused(release(ben, { ...wanted, message: 'Fourth' }, seal), 409, 'seal-mismatch')
  await refused(release(ben, { ...wanted, target: 'unmerged' }, seal), 409, 'head-moved')
  await refused(release(ana, wanted, seal), 409, 'seal-spent')
  const other = await makeProposing(postern, ana, 'other/api')
  await other.propose('one')
  await ana.act('PUT', `${other.path}/members/user/ben`, { role: 'write' })
  await refused(release(ben, wanted, seal, other.path), 409, 'seal-mismatch')
  await release(ben, wanted, seal)
  // The answer may be lost on its way.
  await release(ben, wanted, seal)
  await refused(release(ben, { ...wanted, name: 'v3.1' }, seal), 409, 'seal-spent')
  assert.equal((await list()).filter(({ name }) => name.startsWith('v3')).length, 1)
})

test('a tap of before does not outlive the role it was made with, nor the rules', async () => {
  const wanted = { name: 'v4.0' }
  const [early, late] = [await tapFor(ben, wanted), await tapFor(ben, wanted)]
  await setRules(ana, [shipped('tap-to-tag')])
  await refused(release(ben, wanted, early), 409, 'policy-changed')
  await setRules(ana, [])
  await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'read' })
  await refused(release(ben, wanted, late), 403, 'not-allowed')
  await refused(make(ben, wanted), 403, 'not-allowed')
  await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
  assert.ok(!(await list()).some(({ name }) => name === 'v4.0'))
})

test('a name that is taken, that git could not hold, or what no branch has, is refused before the tap', async () => {
  await refused(make(ana, { name: 'v1.0' }), 409, 'tag-exists')
  await refused(make(ana, { name: 'v1.0/beta' }), 409, 'tag-exists')
  await make(ana, { name: 'beta/one' })
  await refused(make(ana, { name: 'beta' }), 409, 'tag-exists')
  for (const name of ['../main', 'a b', 'x.lock', '-d', 'refs/heads/main', 'sp\u200bace', 'HEAD'])
    await refused(make(ana, { name }), 422, 'invalid-input')
  await refused(make(ana, { name: 'v5', target: 'nowhere' }), 404, 'not-found')
  await refused(make(ana, { name: 'v5', target: '0'.repeat(40) }), 404, 'not-found')
})

test('of two taps for one name one makes it', async () => {
  const wanted = { name: 'v6.0' }
  const [one, two] = [await tapFor(ana, wanted), await tapFor(ben, wanted)]
  const outcomes = await Promise.allSettled([release(ana, wanted, one), release(ben, wanted, two)])
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

test('no token makes one, and where a guardrail asks for a tap git brings none', async () => {
  const token = await ben.makeToken('push')
  const answer = await fetch(`${postern.origin}/api/v1${repository.path}/tags`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf({ name: 'v7.0' })),
  })
  assert.equal(answer.status, 403)
  await repository.git('tag', 'light-before')
  const quoting = 'Says “-----BEGIN SSH SIGNATURE----- by nobody”\n\nand more'
  await repository.git('-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', 'tag', '-a', '-m', quoting, 'quoting')
  await repository.git('push', '--quiet', 'origin', 'light-before', 'quoting')
  // As git shows it.
  assert.equal((await list()).find(({ name }) => name === 'quoting')?.message, quoting)
  await setRules(ana, [shipped('tap-to-tag')])
  for (const args of [
    ['tag', 'light'],
    ['tag', '-a', '-m', 'Noted', 'noted'],
  ]) {
    await repository.git('-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args)
    await assert.rejects(
      repository.git('push', 'origin', args.at(-1) ?? ''),
      /To make or delete a tag takes a tap on your key\.[\s\S]*page of tags/,
    )
  }
  await make(ana, { name: 'v7.1' })
  // Branches are not its matter.
  await repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/aside')
  await setRules(ana, [])
})
