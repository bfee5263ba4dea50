import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { after, afterEach, before, describe, test } from 'node:test'
import { fetchHistory } from '../src/mirrors/fetch-history.ts'
import type { Progress } from '../src/mirrors/git-progress.ts'
import { RemoteError } from '../src/mirrors/remote-error.ts'
import { createOutbound } from '../src/outbound/outbound.ts'
import { openGit } from '../src/repositories/git-testing.ts'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { allowed, begin, ended, secret } from './support/imports.ts'
import { commitThere, type GitRemote, startGitRemote } from './support/git-remote.ts'
import { readPolicy, setRules, shipped } from './support/guardrails.ts'
import { refusal } from './support/refusal.ts'
import { noSshd, startSshRemote } from './support/ssh-remote.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  test(`a repository comes over with its branches, tags and pointers, like a first push, on ${store.name}`, async () => {
    await using postern = await startPostern({ flags: [...allowed, ...(await store.flags())] })
    await using remote = await startGitRemote(join(postern.folder, 'there'))
    const { url, folder } = await remote.create('old.git')
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`
    const first = await commitThere(folder, 'trunk', { 'README.md': 'old\n', 'big.bin': pointer })
    const second = await commitThere(folder, 'feature/x', { 'x.txt': 'x\n' })
    await gitOrThrow(folder, ['tag', 'v1', first])
    await gitOrThrow(folder, ['symbolic-ref', 'HEAD', 'refs/heads/trunk'])
    // Names that mean something here must never come along.
    for (const ref of ['refs/pull/1/head', 'refs/postern/seals', `refs/replace/${first}`, 'refs/notes/commits'])
      await gitOrThrow(folder, ['update-ref', ref, second])
    remote.account = { username: 'tess', password: secret }

    const ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'moved', description: '' })
    const begun = await begin(ana, 'old', url, { username: 'tess', password: secret, visibility: 'internal' })
    assert.equal(begun.url, url)
    const done = await ended(ana, 'old')
    assert.deepEqual(
      done.result && { ...done.result, bytes: 0 },
      {
        branches: 2,
        tags: 1,
        defaultBranch: 'trunk',
        bytes: 0,
        leftOut: [],
        leftOutCount: 0,
        lfsPointers: 1,
        lfs: {
          brought: 0,
          bytes: 0,
          missing: 1,
          reason: 'The other server has no Git LFS at this address (404).',
        },
      },
      done.problem?.sentence ?? '',
    )
    const view = await ana.call<{
      defaultBranch: string
      protectedBranches: { branch: string; baselineOid: string }[]
    }>('GET', '/projects/moved/repositories/old')
    assert.equal(view.defaultBranch, 'trunk')
    assert.deepEqual(
      view.protectedBranches.map(({ branch, baselineOid }) => ({ branch, baselineOid })),
      [{ branch: 'trunk', baselineOid: first }],
    )
    const token = await ana.makeToken('laptop')
    const there = `${postern.origin}/moved/old.git`
    const refs = await gitOrThrow(postern.folder, [...withToken(token), 'ls-remote', there])
    assert.deepEqual(
      refs.split('\n').filter((line) => line !== '' && !line.includes('refs/postern/')),
      [`${first}\tHEAD`, `${second}\trefs/heads/feature/x`, `${first}\trefs/heads/trunk`, `${first}\trefs/tags/v1`],
    )
    assert.doesNotMatch(refs, new RegExp(`${second}\trefs/postern`))
    await gitOrThrow(postern.folder, [...withToken(token), 'clone', '--quiet', there, 'clone'])
    assert.equal(await readFile(join(postern.folder, 'clone', 'big.bin'), 'utf8'), pointer)
    const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit')
    const said = items.map(({ sentence }) => sentence).join('\n')
    assert.match(said, /moved\/old was imported for Ana Example from/)
    assert.match(said, /trunk of moved\/old is protected from/)
    assert.doesNotMatch(said, new RegExp(secret))
    const rows = await postern.postern.ceremonies.database.read.selectFrom('repositoryImport').selectAll().execute()
    assert.equal(rows[0]?.passwordBox, null)
    assert.deepEqual(await remains(postern), [])
  })

describe('what comes from elsewhere', () => {
  let postern: StartedPostern
  let remote: GitRemote
  let ana: Person
  before(async () => {
    postern = await startPostern({ flags: [...allowed, '--max-push-mb', '2', '--max-file-mb', '1'] })
    remote = await startGitRemote(join(postern.folder, 'there'))
    ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'moved', description: '' })
  })
  afterEach(() => {
    remote.intercept = undefined
    remote.account = undefined
  })
  after(async () => {
    await remote[Symbol.asyncDispose]()
    await postern[Symbol.asyncDispose]()
  })

  for (const [what, url, words] of [
    ['credentials in the address', 'https://tess:hunter2@example.com/a.git', /own fields/],
    ['a private address', 'http://10.0.0.7/a.git', /private address/],
    ['a private address in another spelling', 'http://2852039166/a.git', /private address/],
    ['the metadata service of a cloud, mapped', 'http://[::ffff:169.254.169.254]/a.git', /private address/],
    ['an option', '--upload-pack=touch /tmp/owned', /https/],
    ['a transport that runs commands', 'ext::sh -c touch% /tmp/owned', /https/],
    ['a path', '/etc', /https/],
    ['a file', 'file:///etc', /https/],
    ['git’s own protocol', 'git://example.com/a.git', /nobody can tell who answers/],
    ['SSH without a key', 'ssh://git@example.com/a.git', /SSH needs a private key/],
    ['SSH in short without a key', 'git@example.com:a/b.git', /SSH needs a private key/],
    ['a password in an SSH address', 'ssh://git:hunter2@example.com/a.git', /no password into the address/],
    ['a private address over SSH', 'git@10.0.0.7:a.git', /private address/],
    ['an option as the host of SSH', 'ssh://-oProxyCommand=touch/a.git', /name in the address/],
    ['a query', 'https://example.com/a.git?token=x', /no “\?”/],
    ['a port of another protocol', 'http://example.com:22/a.git', /another protocol/],
  ] as const)
    test(`${what} is refused before a repository is made`, async () => {
      const { status, problem } = await refusal(begin(ana, 'refused', url))
      assert.equal(status, 422)
      assert.match(problem.title, words)
      assert.doesNotMatch(JSON.stringify(problem), /hunter2/)
      assert.equal((await refusal(ana.call('GET', '/projects/moved/repositories/refused'))).status, 404)
    })

  test('a password does not go over http to another machine', async () => {
    const { problem } = await refusal(begin(ana, 'plain', 'http://example.com/a.git', { password: secret }))
    assert.match(problem.title, /https only/)
  })

  test('a name that leads to a private address is refused when it is asked', async () => {
    // The name is public text; what it leads to is known at the look-up alone.
    await begin(ana, 'rebound', 'http://ip6-localhost.example.invalid/a.git')
    const { state, problem } = await ended(ana, 'rebound')
    assert.equal(state, 'failed')
    assert.equal(problem?.code, 'unknown-host')
  })

  test('a redirect is said, not followed, and no password goes along', async () => {
    const { url } = await remote.create('redirecting.git')
    await using trap = await startTrap()
    remote.intercept = (_request, response) => {
      response.writeHead(302, { location: `${trap.origin}/elsewhere.git/info/refs?service=git-upload-pack` }).end()
      return true
    }
    await begin(ana, 'redirected', url, { username: 'tess', password: secret })
    const { problem } = await ended(ana, 'redirected')
    assert.equal(problem?.code, 'redirected')
    assert.match(
      problem?.sentence ?? '',
      new RegExp(`sends us to ${trap.origin}/elsewhere.git\\. Redirects are not followed`),
    )
    assert.equal(trap.count(), 0)
  })

  test('a redirect that comes only when git itself asks is not followed either', async () => {
    const { url, folder } = await remote.create('later.git')
    await commitThere(folder, 'main', { a: 'a' })
    await using trap = await startTrap()
    remote.intercept = (request, response) => {
      if (request.method !== 'POST') return false
      response.writeHead(307, { location: `${trap.origin}/elsewhere.git/git-upload-pack` }).end()
      return true
    }
    await begin(ana, 'later', url, { username: 'tess', password: secret })
    const { state } = await ended(ana, 'later')
    assert.equal(state, 'failed')
    assert.equal(trap.count(), 0)
  })

  for (const [status, code] of [
    [401, 'wrong-password'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [503, 'unavailable'],
  ] as const)
    test(`status ${status} is told as ${code}`, async () => {
      const { url } = await remote.create(`status-${status}.git`)
      remote.intercept = (_request, response) => {
        response.writeHead(status).end(secret)
        return true
      }
      await begin(ana, `status-${status}`, url, { username: 'tess', password: secret })
      const { problem } = await ended(ana, `status-${status}`)
      assert.equal(problem?.code, code)
      assert.doesNotMatch(problem?.sentence ?? '', new RegExp(secret))
    })

  test('a web page is no repository', async () => {
    remote.intercept = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>')
      return true
    }
    await begin(ana, 'page', `${remote.origin}/page.git`)
    const { problem } = await ended(ana, 'page')
    assert.equal(problem?.code, 'not-git')
  })

  test('a history that would take over a clone fails the check, by its name', async () => {
    const { url, folder } = await remote.create('evil.git')
    const blob = await writeObject(folder, 'blob', '../../outside')
    const link = Buffer.concat([Buffer.from('120000 .gitmodules\0'), Buffer.from(blob, 'hex')])
    const tree = await writeObject(folder, 'tree', link)
    const when = 'T <t@example.com> 1700000000 +0000'
    const commit = await writeObject(folder, 'commit', `tree ${tree}\nauthor ${when}\ncommitter ${when}\n\nevil\n`)
    await gitOrThrow(folder, ['update-ref', 'refs/heads/main', commit])
    await begin(ana, 'evil', url)
    const { state, problem } = await ended(ana, 'evil')
    assert.equal(state, 'failed')
    assert.equal(problem?.code, 'fsck')
    assert.match(problem?.sentence ?? '', /“gitmodulesSymlink”: “\.gitmodules” is a symbolic link/)
    assert.deepEqual(await branchesOf(ana, 'evil'), [])
    assert.deepEqual(await remains(postern), [])
  })

  test('an entry “.git” in a folder fails the check', async () => {
    const { url, folder } = await remote.create('dotgit.git')
    const blob = await writeObject(folder, 'blob', 'x')
    const inner = await writeObject(
      folder,
      'tree',
      Buffer.concat([Buffer.from('100755 config\0'), Buffer.from(blob, 'hex')]),
    )
    const tree = await writeObject(
      folder,
      'tree',
      Buffer.concat([Buffer.from('40000 .GIT\0'), Buffer.from(inner, 'hex')]),
    )
    const when = 'T <t@example.com> 1700000000 +0000'
    const commit = await writeObject(folder, 'commit', `tree ${tree}\nauthor ${when}\ncommitter ${when}\n\nevil\n`)
    await gitOrThrow(folder, ['update-ref', 'refs/heads/main', commit])
    await begin(ana, 'dotgit', url)
    assert.match((await ended(ana, 'dotgit')).problem?.sentence ?? '', /“hasDotgit”/)
  })

  test('more than may come is refused, and nothing of it is kept', async () => {
    const { url, folder } = await remote.create('huge.git')
    for (let index = 0; index < 4; index++) await commitThere(folder, 'main', { [`${index}.bin`]: noise(700_000) })
    await begin(ana, 'huge', url)
    const { problem } = await ended(ana, 'huge')
    assert.equal(problem?.code, 'too-large')
    assert.match(problem?.sentence ?? '', /more than 2 MB/)
    assert.deepEqual(await remains(postern), [])
  })

  test('one file over the limit is named', async () => {
    const { url, folder } = await remote.create('fat.git')
    await commitThere(folder, 'main', { 'deep/film.mov': noise(1_200_000) })
    await begin(ana, 'fat', url)
    const { problem } = await ended(ana, 'fat')
    assert.equal(problem?.code, 'file-too-large')
    assert.match(problem?.sentence ?? '', /deep\/film\.mov has 2 MB/)
  })

  test('a path that could be checked out nowhere is named', async () => {
    const { url, folder } = await remote.create('long.git')
    const blob = await gitOrThrow(folder, ['hash-object', '-w', '/dev/null'])
    const entry = Buffer.concat([Buffer.from(`100644 ${'n'.repeat(256)}\0`), Buffer.from(blob.trim(), 'hex')])
    const tree = await writeObject(folder, 'tree', entry)
    const when = 'T <t@example.com> 1700000000 +0000'
    const commit = await writeObject(folder, 'commit', `tree ${tree}\nauthor ${when}\ncommitter ${when}\n\nlong\n`)
    await gitOrThrow(folder, ['update-ref', 'refs/heads/main', commit])
    await begin(ana, 'long', url)
    const { problem } = await ended(ana, 'long')
    assert.equal(problem?.code, 'name-too-long')
    assert.match(
      problem?.sentence ?? '',
      /A name in the path n+… has more than 255 characters.*Rename it there first\.$/,
    )
  })

  test('branches whose names cannot be used are left out and named', async () => {
    const { url, folder } = await remote.create('names.git')
    const oid = await commitThere(folder, 'main', { a: 'a' })
    await gitOrThrow(folder, ['update-ref', 'refs/heads/refs/heads/main', oid])
    await gitOrThrow(folder, ['update-ref', 'refs/heads/hidden\u200bname', oid])
    await begin(ana, 'names', url)
    const { result } = await ended(ana, 'names')
    assert.deepEqual([result?.branches, result?.leftOutCount], [1, 2])
    assert.ok(result?.leftOut.includes('refs/heads/refs/heads/main'))
  })

  test('an empty repository comes over as an empty one', async () => {
    const { url } = await remote.create('empty.git')
    await begin(ana, 'empty', url)
    const { state, result } = await ended(ana, 'empty')
    assert.deepEqual([state, result?.branches, result?.defaultBranch], ['done', 0, null])
  })

  test('what was pushed meanwhile is not mixed with it', async () => {
    const { url, folder } = await remote.create('raced.git')
    await commitThere(folder, 'main', { a: 'theirs' })
    const held = hold(remote)
    await begin(ana, 'raced', url)
    await held.reached
    const token = await ana.makeToken('quick')
    const work = join(postern.folder, 'work-raced')
    await gitOrThrow(postern.folder, ['clone', '--quiet', folder, work])
    await gitOrThrow(work, ['push', '--quiet', `${postern.origin}/moved/raced.git`, 'HEAD:refs/heads/ours'], {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: withToken(token)[1]?.replace('http.extraHeader=', '') ?? '',
    })
    held.release()
    const { problem } = await ended(ana, 'raced')
    assert.equal(problem?.code, 'not-empty')
    assert.deepEqual(await branchesOf(ana, 'raced'), ['ours'])
  })

  test('cancelled in the middle, nothing is left: no repository, no objects, no row, and the name is free', async () => {
    const { url, folder } = await remote.create('slow.git')
    await commitThere(folder, 'main', { a: 'a' })
    const held = hold(remote)
    await begin(ana, 'slow', url)
    await held.reached
    await ana.call('POST', '/projects/moved/repositories/slow/import/cancel', {})
    held.release()
    assert.equal((await refusal(ana.call('GET', '/projects/moved/repositories/slow'))).status, 404)
    assert.deepEqual(await remains(postern), [])
    const { database } = postern.postern.ceremonies
    const rows = await database.read.selectFrom('repositoryImport').select('id').where('url', '=', url).execute()
    assert.deepEqual(rows, [])
    await begin(ana, 'slow', url)
    assert.equal((await ended(ana, 'slow')).state, 'done')
    assert.equal((await refusal(ana.call('POST', '/projects/moved/repositories/slow/import/cancel', {}))).status, 409)
  })

  test('one person’s that never come to an end hold up nobody else’s', async () => {
    const { url, folder } = await remote.create('quick.git')
    await commitThere(folder, 'main', { a: 'a' })
    const dia = await postern.join(ana, 'dia')
    await ana.act('PUT', '/projects/moved/members/user/dia', { role: 'admin' })
    const asked = new Set<string>()
    const reached = Promise.withResolvers<void>()
    remote.intercept = ({ url: path = '' }) => {
      const [name] = /stuck-\d/.exec(path) ?? []
      if (name !== undefined && asked.add(name).size === 2) reached.resolve()
      return name !== undefined
    }
    const names = ['stuck-1', 'stuck-2', 'stuck-3']
    for (const name of names) await begin(ana, name, `${remote.origin}/${name}.git`)
    await reached.promise
    await begin(dia, 'quick', url)
    assert.equal((await ended(dia, 'quick')).state, 'done')
    assert.equal(asked.size, 2)
    for (const name of names.toReversed())
      await ana.call('POST', `/projects/moved/repositories/${name}/import/cancel`, {})
    assert.deepEqual(await remains(postern), [])
  })

  test('a failed one can be tried again with another password, and is not shown to who only reads', async () => {
    const { url, folder } = await remote.create('again.git')
    await commitThere(folder, 'main', { a: 'a' })
    remote.account = { username: 'tess', password: secret }
    await begin(ana, 'again', url, { username: 'tess', password: 'wrong', visibility: 'internal' })
    assert.equal((await ended(ana, 'again')).problem?.code, 'wrong-password')
    const here = '/projects/moved/repositories/again/import'
    const bo = await postern.join(ana, 'bo')
    assert.equal((await refusal(bo.call('GET', here))).status, 403)
    assert.equal((await refusal(bo.call('POST', `${here}/retry`, {}))).status, 403)
    assert.equal((await refusal(begin(bo, 'mine', url))).status, 403)
    await ana.call('POST', `${here}/retry`, { username: 'tess', password: secret })
    assert.equal((await ended(ana, 'again')).state, 'done')
  })

  test('what a guardrail asks of a push it asks of what comes, and nobody brings anything after their end', async () => {
    const { url, folder } = await remote.create('ruled.git')
    await commitThere(folder, 'main', { a: 'a' })
    const before = (await readPolicy(ana)).policy.rules
    await setRules(ana, [shipped('tap-to-push')])
    await begin(ana, 'ruled', url)
    const { state, problem } = await ended(ana, 'ruled')
    assert.deepEqual([state, problem?.code], ['failed', 'not-allowed'])
    assert.match(problem?.sentence ?? '', /The branch main would come\. .*The rule “.+” asks for it\. Make an empty/)
    assert.deepEqual([await branchesOf(ana, 'ruled'), await remains(postern)], [[], []])
    await setRules(ana, [{ ...shipped('tap-to-push'), requires: { networks: ['192.0.2.0/24'] } }])
    await ana.call('POST', '/projects/moved/repositories/ruled/import/retry', {})
    assert.equal((await ended(ana, 'ruled')).problem?.code, 'not-allowed')
    await setRules(ana, before)

    const cleo = await postern.join(ana, 'cleo')
    await ana.act('PUT', '/projects/moved/members/user/cleo', { role: 'admin' })
    const held = hold(remote)
    await begin(cleo, 'orphan', url)
    await held.reached
    await ana.act('DELETE', '/projects/moved/members/user/cleo')
    held.release()
    assert.equal((await ended(ana, 'orphan')).problem?.code, 'access-ended')
    assert.deepEqual(await branchesOf(ana, 'orphan'), [])
    await ana.call('POST', '/projects/moved/repositories/orphan/import/retry', {})
    assert.equal((await ended(ana, 'orphan')).state, 'done')
  })

  test('while it runs, the password is in no argument, and git asks nobody but the remote', async () => {
    const { url, folder } = await remote.create('quiet.git')
    await commitThere(folder, 'main', { a: 'a' })
    const held = hold(remote)
    await begin(ana, 'quiet', url, { username: 'tess', password: secret })
    await held.reached
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args'])
    const encoded = Buffer.from(`tess:${secret}`).toString('base64')
    const shown = stdout.includes(secret) || stdout.includes(encoded)
    const { database } = postern.postern.ceremonies
    const [row] = await database.read.selectFrom('repositoryImport').selectAll().where('url', '=', url).execute()
    held.release()
    assert.equal(shown, false)
    assert.ok(row?.passwordBox && !JSON.stringify(row).includes(secret) && !JSON.stringify(row).includes(encoded))
    assert.equal((await ended(ana, 'quiet')).state, 'done')
  })

  test(
    'over SSH it comes with a key, from the server that it was said to be, and no key stays behind',
    { skip: noSshd },
    async () => {
      await using ssh = await startSshRemote(join(postern.folder, 'over-ssh'))
      const { url, folder } = await ssh.create('old.git')
      const tip = await commitThere(folder, 'trunk', { a: 'a' })
      await gitOrThrow(folder, ['symbolic-ref', 'HEAD', 'refs/heads/trunk'])
      await gitOrThrow(folder, ['tag', 'v1', tip])
      const again = (name: string, more = {}): Promise<unknown> =>
        ana.call('POST', `/projects/moved/repositories/${name}/import/retry`, more)

      const bad = await refusal(begin(ana, 'ssh-old', url, { sshKey: 'not a key' }))
      assert.match(bad.problem.title, /whole private key/)
      // Another fingerprint: refused before the key is shown to anybody.
      await begin(ana, 'ssh-old', url, { sshKey: ssh.strangerKey, hostKey: `SHA256:${'A'.repeat(43)}` })
      const stranger = await ended(ana, 'ssh-old')
      assert.equal(stranger.problem?.code, 'host-key-changed', stranger.problem?.sentence ?? '')
      assert.ok(stranger.problem?.sentence.includes(ssh.fingerprint))
      await again('ssh-old', { hostKey: ssh.fingerprint })
      const refused = await ended(ana, 'ssh-old')
      assert.deepEqual([refused.problem?.code, refused.hostKey], ['key-refused', ssh.fingerprint])
      await again('ssh-old', { sshKey: ssh.privateKey.replaceAll('\n', '\r\n') })
      const done = await ended(ana, 'ssh-old')
      assert.equal(done.state, 'done', done.problem?.sentence ?? '')
      assert.deepEqual([done.result?.branches, done.result?.tags, done.result?.defaultBranch], [1, 1, 'trunk'])
      const { database } = postern.postern.ceremonies
      const [row] = await database.read.selectFrom('repositoryImport').selectAll().where('url', '=', url).execute()
      assert.equal(row?.passwordBox, null)
      assert.match(row?.hostKey ?? '', /^ssh-ed25519 /)

      await begin(ana, 'ssh-none', `${url}-none`, { sshKey: ssh.privateKey })
      const none = await ended(ana, 'ssh-none')
      assert.deepEqual([none.problem?.code, none.hostKey], ['not-found', ssh.fingerprint])
      await ssh.changeHostKey()
      await again('ssh-none')
      assert.equal((await ended(ana, 'ssh-none')).problem?.code, 'host-key-changed')
      await ssh[Symbol.asyncDispose]()
      await again('ssh-none', { hostKey: '' })
      assert.equal((await ended(ana, 'ssh-none')).problem?.code, 'unreachable')

      const names = await readdir(join(postern.folder, 'data', 'git'), { recursive: true })
      assert.deepEqual(
        names.filter((name) => /known_hosts|key$/.test(name)),
        [],
      )
      assert.deepEqual(await remains(postern), [])
    },
  )

  test('a restart interrupts it, and it can be begun anew', async () => {
    const { url, folder } = await remote.create('restarted.git')
    await commitThere(folder, 'main', { a: 'a' })
    const held = hold(remote)
    await begin(ana, 'restarted', url)
    await held.reached
    await postern.restart()
    held.release()
    assert.equal((await ended(ana, 'restarted')).state, 'interrupted')
    assert.deepEqual(await remains(postern), [])
    // A node that is gone says so to nobody: another one sees that it has not written for a minute.
    const { database, now } = postern.postern.ceremonies
    await database.write((tx) =>
      tx
        .updateTable('repositoryImport')
        .set({ state: 'running', beatAt: now() - 61_000 })
        .where('url', '=', url)
        .execute(),
    )
    assert.equal((await ended(ana, 'restarted')).state, 'interrupted')
    await ana.call('POST', '/projects/moved/repositories/restarted/import/retry', {})
    assert.equal((await ended(ana, 'restarted')).state, 'done')
    assert.deepEqual(await branchesOf(ana, 'restarted'), ['main'])
  })
})

test('a server that stops sending is given up; one that sends is followed from phase to phase', async () => {
  await using ours = await openGit()
  await using remote = await startGitRemote(join(ours.folder, 'there'))
  const { url, folder } = await remote.create('stuck.git')
  await commitThere(folder, 'main', { a: 'a' })
  const { reached, release } = hold(remote)
  const parts = {
    git: ours.git,
    outbound: createOutbound({ allow: ['127.0.0.1'] }),
    limits: { maxBytes: 10_000_000, maxBlobBytes: 1_000_000, operationMs: 60_000, stallSeconds: 4 },
  }
  const told: Partial<Progress>[] = []
  const fetch = async (staging: string) =>
    fetchHistory(parts, {
      remote: { url, username: '', password: undefined },
      folder: join(ours.folder, staging),
      destination: await ours.createRepository(),
      signal: new AbortController().signal,
      onProgress: (progress) => told.push(progress),
    })
  await Promise.all([
    reached,
    assert.rejects(fetch('stuck.git'), (error) => error instanceof RemoteError && error.code === 'stalled'),
  ])
  release()
  told.length = 0
  await fetch('well.git')
  const phases = [...new Set(told.map(({ phase }) => phase))]
  assert.deepEqual([phases[0], phases.at(-1)], ['connecting', 'checking'])
  const received = told.findLast(({ phase }) => phase === 'receiving')
  assert.deepEqual([received?.objectsDone, received?.objectsTotal], [3, 3])
})

/** Lets git's request for the objects wait, as a server that hangs does: the third that it posts. */
function hold(remote: GitRemote) {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let posted = 0
  remote.intercept = (request, response) => {
    if (request.method !== 'POST' || ++posted !== 3) return false
    reached.resolve()
    void released.promise.then(() => remote.serve(request, response))
    return true
  }
  return {
    reached: reached.promise,
    release() {
      remote.intercept = undefined
      released.resolve()
    },
  }
}

async function startTrap(): Promise<AsyncDisposable & { origin: string; count(): number }> {
  let count = 0
  const server = createServer((_request, response) => {
    count++
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function writeObject(folder: string, type: string, content: string | Buffer): Promise<string> {
  const file = join(folder, 'object-for-tests')
  await writeFile(file, content)
  return (await gitOrThrow(folder, ['hash-object', '-w', '--literally', '-t', type, '--', file])).trim()
}

async function branchesOf(person: Person, name: string): Promise<string[]> {
  const path = `/projects/moved/repositories/${name}/branches`
  return (await person.call<{ items: { name: string }[] }>('GET', path)).items.map((branch) => branch.name)
}

/** Half-fetched histories, and repositories that no row names. */
async function remains({ folder, postern }: StartedPostern): Promise<string[]> {
  const root = join(folder, 'data', 'repositories')
  const rows = await postern.ceremonies.database.read.selectFrom('repository').select('folder').execute()
  const known = new Set(rows.map((row) => `${row.folder}.git`))
  const names = await readdir(root, { recursive: true })
  return names.filter((name) => {
    const last = name.split('/').at(-1) ?? ''
    return /^imports\/./.test(name) || /tmp_/.test(last) || (/^[0-9a-f]{32}\.git$/.test(last) && !known.has(last))
  })
}

/** Text that hardly compresses. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64')
