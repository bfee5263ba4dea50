import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Tx } from '../src/database/handles.ts'
import type { TableName } from '../src/database/schema.ts'
import type { MirrorView } from '../src/mirrors/shapes.ts'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { refusal } from './support/refusal.ts'
import { commitThere, type GitRemote, startGitRemote, until } from './support/git-remote.ts'
import { startMailServer } from './support/mail-server.ts'
import { makeProposing } from './support/proposed.ts'
import { noSshd, startSshRemote } from './support/ssh-remote.ts'
import { inFront } from './support/in-front.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const allowed = ['--outbound-allow', '127.0.0.0/8']
const account = { username: 'mirror', password: 'correct-horse-battery' }
const there = '/projects/pay/repositories/api'

const refsOf = async (folder: string): Promise<string[]> =>
  (await gitOrThrow(folder, ['for-each-ref', '--format=%(refname)'])).split('\n').filter(Boolean)
const tipOf = async (folder: string, ref: string): Promise<string> =>
  (await gitOrThrow(folder, ['rev-parse', ref])).trim()
const look = async (person: Person): Promise<MirrorView> => {
  const { items } = await person.call<{ items: MirrorView[] }>('GET', `${there}/mirrors`)
  return items[0] ?? assert.fail('there is no mirror')
}
const settled = (person: Person): Promise<MirrorView> =>
  until(
    () => look(person),
    ({ state }) => state === 'up-to-date' || state === 'failing',
  )

async function merge(ana: Person, number: number): Promise<void> {
  const path = `${there}/pull-requests/${number}`
  const prepared = await ana.call<{ sealRequestId: string }>('POST', `${path}/merge-preparation`, { method: 'merge' })
  const seal = await ana.tap(prepared.sealRequestId)
  await ana.call('POST', `${path}/merge`, { method: 'merge' }, { 'postern-seal': seal })
}

interface Scene {
  postern: StartedPostern
  remote: GitRemote
  ana: Person
  url: string
  folder: string
}

async function scene(
  postern: StartedPostern,
  remote: GitRemote,
): Promise<Scene & { propose(b: string): Promise<number> }> {
  const ana = await postern.owner()
  const { propose } = await makeProposing(postern, ana, 'pay/api')
  return { postern, remote, ana, propose, ...(await remote.create('api.git')) }
}

for (const store of eitherStore)
  test(`sealed history and its proofs arrive, and a clone of the mirror verifies, on ${store.name}`, async () => {
    await using postern = await startPostern({ flags: [...allowed, ...(await store.flags())] })
    await using remote = await startGitRemote(join(postern.folder, 'there'))
    const { ana, propose, url, folder } = await scene(postern, remote)
    remote.account = account
    await ana.act('POST', `${there}/mirrors`, { url, ...account })
    const first = await settled(ana)
    assert.equal(first.problem, null)

    const number = await propose('change')
    await merge(ana, number)
    const here = (
      await gitOrThrow(postern.folder, [
        ...withToken(await ana.makeToken('look')),
        'ls-remote',
        `${postern.origin}/pay/api.git`,
      ])
    )
      .split('\n')
      .filter((line) => /\trefs\/(heads|tags|postern)\//.test(line))
    const wanted = here.map((line) => line.split('\t').toReversed().join(' '))
    await until(
      async () => (await gitOrThrow(folder, ['for-each-ref', '--format=%(refname) %(objectname)'])).trim().split('\n'),
      (refs) => wanted.every((line) => refs.includes(line)),
    )
    const refs = await refsOf(folder)
    assert.ok(refs.includes('refs/postern/seals') && refs.includes('refs/postern/signers'))
    assert.ok(!refs.some((ref) => ref.startsWith('refs/pull/')))

    const clone = join(postern.folder, 'clone-of-the-mirror')
    const credentials = [
      '-c',
      `http.extraHeader=Authorization: Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`,
    ]
    await gitOrThrow(postern.folder, [...credentials, 'clone', '--quiet', url, clone])
    await gitOrThrow(clone, [...credentials, 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*'])
    const { items } = await ana.call<{ items: { fingerprint: string }[] }>('GET', '/me/credentials')
    const trust = items[0]?.fingerprint ?? ''
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'verify', clone, '--trust', trust])
    assert.match(stdout, /proven/)

    // A branch that is deleted here goes there too.
    await ana.call('DELETE', `${there}/branches/change`)
    await until(
      () => refsOf(folder),
      (found) => !found.includes('refs/heads/change'),
    )
    const done = await settled(ana)
    assert.equal(done.state, 'up-to-date')
    assert.ok((done.succeededAt ?? 0) >= (first.succeededAt ?? 0))
  })

test('what somebody pushed there directly is left alone and said, until the mirror is told to overwrite it', async () => {
  await using postern = await startPostern({ flags: allowed })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  const { ana, propose, url, folder } = await scene(postern, remote)
  await ana.act('POST', `${there}/mirrors`, { url })
  const { id } = await settled(ana)
  const sneaky = await commitThere(folder, 'main', { 'sneaky.txt': 'x' })
  await commitThere(folder, 'theirs', { 'own.txt': 'x' })
  await propose('change')
  const failing = await until(
    () => look(ana),
    ({ state }) => state === 'failing',
  )
  assert.equal(failing.problem?.code, 'strayed')
  assert.match(failing.problem?.sentence ?? '', /Somebody pushed to main there directly/)
  assert.equal(await tipOf(folder, 'refs/heads/main'), sneaky)
  assert.ok((await refsOf(folder)).includes('refs/heads/change'), 'the others still arrive')
  assert.ok(failing.wantedAt !== null && (failing.nextAt ?? 0) > Date.now() + 30_000)

  await ana.act('PATCH', `${there}/mirrors/${id}`, { overwrites: true })
  const healed = await settled(ana)
  assert.deepEqual([healed.state, healed.problem], ['up-to-date', null])
  assert.notEqual(await tipOf(folder, 'refs/heads/main'), sneaky)
  assert.ok(!(await refsOf(folder)).includes('refs/heads/theirs'))
})

test('who moves a branch there between the look and the push wins', async () => {
  await using postern = await startPostern({ flags: allowed })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  const { ana, propose, url, folder } = await scene(postern, remote)
  await ana.act('POST', `${there}/mirrors`, { url })
  await settled(ana)
  await propose('change')
  await until(
    () => refsOf(folder),
    (refs) => refs.includes('refs/heads/change'),
  )
  await settled(ana)
  const base = await tipOf(folder, 'refs/heads/main')
  // The first question finds nothing strange; then the branch moves.
  let moved = ''
  let asked = 0
  remote.intercept = (request, response) => {
    if (!String(request.url).includes('service=git-receive-pack') || ++asked !== 2) return false
    void commitThere(folder, 'change', { 'raced.txt': 'x' }).then((oid) => {
      moved = oid
      remote.serve(request, response)
    })
    return true
  }
  const token = await ana.makeToken('again')
  const work = join(postern.folder, 'work-pay-api')
  await writeFile(join(work, 'more.txt'), 'more')
  await gitOrThrow(work, ['add', '.'])
  await gitOrThrow(work, ['-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'more'])
  await gitOrThrow(work, [...withToken(token), 'push', '--quiet', `${postern.origin}/pay/api.git`, 'HEAD:change'])
  const { problem } = await until(
    () => look(ana),
    ({ state }) => state === 'failing',
  )
  assert.equal(problem?.code, 'strayed')
  assert.equal(await tipOf(folder, 'refs/heads/change'), moved)
  assert.equal(await tipOf(folder, 'refs/heads/main'), base)
})

test('failures are told in words, and the password in none of them', async () => {
  await using mail = await startMailServer()
  await using postern = await startPostern({
    flags: [...allowed, '--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'Postern <postern@example.com>'],
  })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  const { ana, url, folder } = await scene(postern, remote)
  remote.account = account
  await ana.act('POST', `${there}/mirrors`, { url, username: 'mirror', password: 'not-this-one' })
  const { database, now } = postern.postern.ceremonies
  await settled(ana)
  // Administrators get one letter where it stays so, not one for each time.
  const fail = async (): Promise<void> => {
    const { failures } = await look(ana)
    await ana.call('POST', `${there}/mirrors/${(await look(ana)).id}/run`, {})
    await until(
      () => look(ana),
      (seen) => seen.failures > failures && seen.state === 'failing',
    )
  }
  for (let again = 0; again < 4; again++) await fail()
  const letters = await database.read.selectFrom('letter').selectAll().where('kind', '=', 'mirror-failing').execute()
  assert.deepEqual(
    letters.map(({ text }) => [text.includes('pay/api'), text.includes('not-this-one')]),
    [[true, false]],
  )
  const wrong = await settled(ana)
  assert.equal(wrong.problem?.code, 'wrong-password')
  assert.ok(wrong.hasPassword && !JSON.stringify(wrong).includes('not-this-one'))
  const { id } = wrong

  // A branch that is protected there.
  const hook = join(folder, 'hooks', 'update')
  await writeFile(
    hook,
    '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "GL-HOOK-ERR: main is a protected branch" >&2; exit 1; }\n',
    {
      mode: 0o755,
    },
  )
  await ana.act('PATCH', `${there}/mirrors/${id}`, { password: account.password })
  const guarded = await settled(ana)
  assert.equal(guarded.problem?.code, 'protected-there')
  assert.match(guarded.problem?.sentence ?? '', /127\.0\.0\.1:\d+ protects main\. .*GL-HOOK-ERR: main is a protected/)

  // A server that takes no refs but branches and tags: everything else still arrives.
  await writeFile(hook, '#!/bin/sh\ncase $1 in refs/postern/*) exit 1 ;; esac\n', { mode: 0o755 })
  await ana.call('POST', `${there}/mirrors/${id}/run`, {})
  const without = await until(
    () => look(ana),
    ({ problem, state }) => state === 'failing' && problem?.code !== 'protected-there',
  )
  assert.equal(without.problem?.code, 'proofs-refused')
  assert.ok((await refsOf(folder)).includes('refs/heads/main'))

  await writeFile(hook, '#!/bin/sh\n', { mode: 0o755 })
  await ana.call('POST', `${there}/mirrors/${id}/run`, {})
  const healed = await until(
    () => look(ana),
    ({ state }) => state === 'up-to-date',
  )
  assert.equal(healed.failures, 0)
  // What a node that is gone had begun, another takes over, and not what one is at.
  const begun = async (agoMs: number): Promise<void> => {
    const startedAt = now() - agoMs
    await database.write((tx) =>
      tx
        .updateTable('mirror')
        .set({ startedAt, dueAt: now() + 3_600_000 })
        .execute(),
    )
  }
  await begun(60_000)
  assert.equal((await look(ana)).state, 'running')
  await begun(121_000)
  await until(
    () => look(ana),
    ({ state, succeededAt }) => state === 'up-to-date' && succeededAt !== healed.succeededAt,
  )
  const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit')
  const said = items.map(({ sentence }) => sentence).join('\n')
  assert.match(said, /The mirror of pay\/api at .* stopped following: .*does not accept this user name/)
  assert.match(said, /The mirror of pay\/api at .* follows again/)
  assert.doesNotMatch(said, /not-this-one|correct-horse/)
  const rows = await postern.postern.ceremonies.database.read.selectFrom('mirror').selectAll().execute()
  assert.doesNotMatch(JSON.stringify(rows), /not-this-one|correct-horse/)
})

test('a mirror is set up with a tap, by administrators, for addresses that may be reached; a password stays with its server', async () => {
  await using postern = await startPostern({ flags: [...allowed, ...postgresFlags(await postgresDatabase())] })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  await using other = await startGitRemote(join(postern.folder, 'trap'))
  const { ana, url } = await scene(postern, remote)
  const bo = await postern.join(ana, 'bo')
  await ana.act('PUT', `${there}/members/user/bo`, { role: 'write' })
  assert.equal((await refusal(bo.call('POST', `${there}/mirrors`, { url }))).status, 403)
  assert.equal((await refusal(bo.call('GET', `${there}/mirrors`))).status, 403)
  for (const bad of ['http://10.0.0.1/a.git', 'ext::sh', '--mirror', 'https://u:p@example.com/a.git', 'ssh://h/a']) {
    const { status, problem } = await refusal(ana.call('POST', `${there}/mirrors`, { url: bad }))
    assert.equal(status, 422, `${bad}: ${problem.title}`)
  }
  assert.equal((await refusal(ana.call('POST', `${there}/mirrors`, { url }))).problem.code, 'seal-required')
  remote.account = account
  await ana.act('POST', `${there}/mirrors`, { url, ...account })
  const { id } = await settled(ana)
  assert.equal((await refusal(ana.act('POST', `${there}/mirrors`, { url }))).status, 422)

  const elsewhere = (await other.create('api.git')).url
  const moved = await refusal(ana.call('PATCH', `${there}/mirrors/${id}`, { url: elsewhere }))
  assert.match(moved.problem.title, /password was given for another server/)
  assert.deepEqual(other.requests, [])

  // A redirect is no way either.
  remote.intercept = (_request, response) => {
    response.writeHead(302, { location: `${elsewhere}/info/refs?service=git-receive-pack` }).end()
    return true
  }
  await ana.call('POST', `${there}/mirrors/${id}/run`, {})
  const failing = await until(
    () => look(ana),
    ({ state }) => state === 'failing',
  )
  assert.equal(failing.problem?.code, 'redirected')
  assert.deepEqual(other.requests, [])

  // Given to another server by somebody else at that moment: what comes after must not lead that one's password back here.
  const { database } = postern.postern.ceremonies
  const moving = (tx: Tx<TableName>) => tx.updateTable('mirror').set({ url: elsewhere, passwordBox: null }).execute()
  const late = await inFront({ database, write: moving }, () =>
    ana.act<MirrorView>('PATCH', `${there}/mirrors/${id}`, { branches: ['main'] }),
  )
  assert.ok(late.status === 'fulfilled')
  assert.deepEqual([late.value.url, late.value.branches], [elsewhere, ['main']])

  await ana.act('PATCH', `${there}/mirrors/${id}`, { isActive: false })
  assert.equal((await look(ana)).state, 'off')
  assert.equal((await refusal(ana.call('POST', `${there}/mirrors/${id}/run`, {}))).problem.code, 'mirror-off')
  await ana.act('DELETE', `${there}/mirrors/${id}`)
  assert.deepEqual(await ana.call('GET', `${there}/mirrors`), { items: [] })
})

test('with a choice of branches the others stay here, and nothing of theirs is touched', async () => {
  await using postern = await startPostern({ flags: allowed })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  const { ana, propose, url, folder } = await scene(postern, remote)
  await commitThere(folder, 'draft', { 'theirs.txt': 'x' })
  await propose('draft')
  await ana.act('POST', `${there}/mirrors`, { url, branches: ['main', 'release/*'], overwrites: true })
  const theirs = await tipOf(folder, 'refs/heads/draft')
  assert.equal((await settled(ana)).state, 'up-to-date')
  assert.equal(await tipOf(folder, 'refs/heads/draft'), theirs)
  assert.ok((await refsOf(folder)).includes('refs/heads/main'))

  // Some of one person that never come to an end hold up nobody else's.
  const ben = await postern.join(ana, 'ben')
  await ana.act('PUT', '/projects/pay/members/user/ben', { role: 'admin' })
  const asked = new Set<string>()
  const reached = Promise.withResolvers<void>()
  remote.intercept = ({ url: path = '' }) => {
    const [name] = /stuck-\d/.exec(path) ?? []
    if (name !== undefined && asked.add(name).size === 2) reached.resolve()
    return name !== undefined
  }
  for (const name of ['stuck-1', 'stuck-2', 'stuck-3'])
    await ana.act('POST', `${there}/mirrors`, { url: `${remote.origin}/${name}.git` })
  await reached.promise
  const other = await remote.create('other.git')
  await ben.act('POST', `${there}/mirrors`, { url: other.url })
  await until(
    () => ben.call<{ items: MirrorView[] }>('GET', `${there}/mirrors`),
    ({ items }) => items.some((mirror) => mirror.url === other.url && mirror.state === 'up-to-date'),
  )
  assert.equal(asked.size, 2)
})

test('over SSH it goes to the server whose key was seen first, and to no other', { skip: noSshd }, async () => {
  await using postern = await startPostern({ flags: allowed })
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  await using ssh = await startSshRemote(join(postern.folder, 'over-ssh'))
  const { ana, propose } = await scene(postern, remote)
  const { url, folder } = await ssh.create('api.git')
  assert.equal((await refusal(ana.call('POST', `${there}/mirrors`, { url }))).status, 422)
  await ana.act('POST', `${there}/mirrors`, { url, sshKey: ssh.privateKey })
  const first = await settled(ana)
  assert.deepEqual([first.problem, first.hostKey, first.hasPassword], [null, ssh.fingerprint, true])
  await propose('change')
  await until(
    () => refsOf(folder),
    (refs) => refs.includes('refs/heads/change'),
  )
  assert.equal((await settled(ana)).state, 'up-to-date')

  // What was pushed there directly is left alone over SSH too.
  await commitThere(folder, 'main', { 'sneaky.txt': 'x' })
  const run = () => ana.call('POST', `${there}/mirrors/${first.id}/run`, {})
  const failingAs = async (code: string): Promise<MirrorView> =>
    until(
      () => look(ana),
      ({ state, problem }) => state === 'failing' && problem?.code === code,
    )
  await run()
  await failingAs('strayed')

  const before = await tipOf(folder, 'refs/heads/main')
  await ssh.changeHostKey()
  await ana.act('PATCH', `${there}/mirrors/${first.id}`, { overwrites: true })
  const changed = await failingAs('host-key-changed')
  assert.equal(changed.hostKey, ssh.fingerprint, 'the former one stays')
  await run()
  assert.equal(await tipOf(folder, 'refs/heads/main'), before)
  // A key belongs to its server, as a password does.
  const elsewhere = url.replace('127.0.0.1', '127.0.0.2')
  const moved = await refusal(ana.call('PATCH', `${there}/mirrors/${first.id}`, { url: elsewhere }))
  assert.match(moved.problem.title, /was given for another server/)

  await ana.act('PATCH', `${there}/mirrors/${first.id}`, { hostKey: '' })
  const healed = await until(
    () => look(ana),
    ({ state }) => state === 'up-to-date',
  )
  assert.ok(healed.hostKey !== null && healed.hostKey !== ssh.fingerprint)
  assert.notEqual(await tipOf(folder, 'refs/heads/main'), before)
  await ana.act('PATCH', `${there}/mirrors/${first.id}`, { sshKey: ssh.strangerKey })
  await failingAs('key-refused')
  const { database } = postern.postern.ceremonies
  const rows = JSON.stringify(await database.read.selectFrom('mirror').selectAll().execute())
  assert.doesNotMatch(rows, /PRIVATE KEY/)
})
