import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { readGuide } from './support/guide.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { basic, lfsJson as json, lfsWorkTree, noLfs } from './support/lfs.ts'
import { openSshDoor, run, type SshDoor } from './support/ssh-door.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'

const oidOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
interface Action {
  href: string
  header?: Record<string, string>
}
interface Answered {
  oid: string
  actions?: { upload?: Action; download?: Action; verify?: Action }
  error?: { code: number; message: string }
}

describe('Git LFS', () => {
  let door: SshDoor
  let ana: Person
  let held: Repository
  let other: Repository
  let folderOf: (repository: Repository) => Promise<string>
  before(async () => {
    door = await openSshDoor(['--max-lfs-file-mb', '2', '--max-lfs-repository-mb', '4'])
    ana = await door.started.owner()
    held = await makeHeld(door.started, ana, 'payments/api')
    other = await makeHeld(door.started, ana, 'payments/other')
    folderOf = async ({ id }) => {
      const { database } = door.started.postern.ceremonies
      const row = await database.read.selectFrom('repository').select('folder').where('id', '=', id).executeTakeFirst()
      const name = row?.folder ?? ''
      return join(door.started.folder, 'data', 'repositories', name.slice(0, 2), name.slice(2, 4), `${name}.git`)
    }
  })
  after(() => door[Symbol.asyncDispose]())

  const lfs = (repository: Repository, path: string): string => `${repository.url}/info/lfs/${path}`
  async function batch(
    repository: Repository,
    operation: 'download' | 'upload',
    objects: { oid: string; size: number }[],
    headers: Record<string, string> = basic(repository.token),
  ) {
    const body = JSON.stringify({ operation, transfers: ['basic'], objects, ref: { name: 'refs/heads/main' } })
    const answer = await fetch(lfs(repository, 'objects/batch'), {
      method: 'POST',
      headers: { ...json, ...headers },
      body,
    })
    const said = (await answer.json()) as { objects?: Answered[]; message?: string }
    return { status: answer.status, headers: answer.headers, ...said, first: said.objects?.[0] }
  }
  const put = (repository: Repository, content: Buffer, headers: Record<string, string>, oid = oidOf(content)) =>
    fetch(lfs(repository, `objects/${oid}`), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body: content,
    })
  const remains = async (repository: Repository): Promise<string[]> => {
    const found = await readdir(join(await folderOf(repository), 'lfs'), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => [])
    return found.filter((entry) => entry.isFile()).map(({ name }) => name)
  }

  const workTree = (name: string, ...more: [string, string][]) =>
    lfsWorkTree(door, { name, token: held.token }, ...more)

  test(
    'git-lfs pushes and clones over HTTPS, and what git-lfs says of locks ends with the line it says',
    { skip: noLfs },
    async () => {
      const { work, git, sh } = await workTree('https')
      const cloned = await git(['clone', held.url, 'clone'])
      assert.equal(cloned.code, 0, cloned.stderr)
      const clone = join(work, 'clone')
      const film = randomBytes(1_500_000)
      await git(['checkout', '-q', '-b', 'films'], { folder: clone })
      // As the guide says, from top to bottom.
      await writeFile(join(clone, 'cover.psd'), film)
      const [lines] = (await readGuide('git.md')).blocks('Large files with Git LFS', 'sh')
      const pushed = await sh(lines, clone)
      assert.equal(pushed.code, 0, pushed.stderr)
      const proposed =
        /^Locking support detected on remote "origin"\. Consider enabling it with:\n +\$ (git config \S+ true)$/m
      const [proposal = '', turnOn = ''] = proposed.exec(pushed.stdout) ?? []
      assert.doesNotMatch(pushed.stdout.replace(proposal, '') + pushed.stderr, /lock|warning|error/i)
      assert.deepEqual(await remains(held), [oidOf(film)])

      const second = await git(['clone', '--branch', 'films', held.url, 'second'])
      assert.equal(second.code, 0, second.stderr)
      assert.ok(film.equals(await readFile(join(work, 'second', 'cover.psd'))))
      const checked = await git(['lfs', 'fsck'], { folder: join(work, 'second') })
      assert.equal(checked.code, 0, checked.stdout + checked.stderr)
      assert.match(checked.stdout, /^Git LFS fsck OK$/m)
      // From a clone of another server, by the lines of the guide about moving.
      const moved = await makeHeld(door.started, ana, 'payments/moved')
      const [bring] = (await readGuide('move-here.md')).blocks('Git LFS', 'sh')
      const brought = await sh(
        bring.replace('https://git.example.com/acme/widgets.git', moved.url),
        join(work, 'second'),
      )
      assert.equal(brought.code, 0, brought.stderr)
      assert.deepEqual(await remains(moved), [oidOf(film)])
      // The pages show and send the file, not its pointer.
      const read = (what: string, more = {}) =>
        fetch(`${door.started.origin}/api/v1${held.path}/${what}?ref=films&path=cover.psd`, {
          headers: { authorization: `Bearer ${held.token}`, ...more },
        })
      const { lfs: shown } = (await (await read('file')).json()) as { lfs: unknown }
      assert.deepEqual(shown, { oid: oidOf(film), size: film.length, isHere: true })
      const raw = await read('raw')
      assert.ok(film.equals(Buffer.from(await raw.arrayBuffer())))
      assert.equal(raw.headers.get('content-security-policy'), "sandbox; default-src 'none'")
      assert.match(raw.headers.get('content-disposition') ?? '', /^attachment; filename="cover\.psd"/)
      const part = await read('raw', { range: 'bytes=0-9' })
      assert.ok(film.subarray(0, 10).equals(Buffer.from(await part.arrayBuffer())))
      // What is refused is said in the terminal, by git-lfs.
      await writeFile(join(clone, 'huge.psd'), randomBytes(2_500_000))
      const huge = await sh('git add --all && git commit -q -m Huge && git push origin HEAD:huge', clone)
      assert.notEqual(huge.code, 0)
      assert.match(huge.stderr, /This file has 3 MB; files of Git LFS may have 2 MB here\./)
      await git(['reset', '-q', '--hard', 'HEAD~1'], { folder: clone })
      const again = await sh(`${turnOn} && git push origin films:films-again`, clone)
      assert.equal(again.code, 0, again.stderr)
      assert.doesNotMatch(again.stdout + again.stderr, /lock|warning|error/i)
    },
  )

  test('git-lfs goes over SSH with what git-lfs-authenticate gives out', { skip: noLfs }, async () => {
    const key = await door.addKey(ana, 'laptop')
    const { work, git } = await workTree('ssh', ['credential.helper', ''])
    const cloned = await git(['clone', door.url('payments/api'), 'clone'], { key })
    assert.equal(cloned.code, 0, cloned.stderr)
    const clone = join(work, 'clone')
    const song = randomBytes(300_000)
    await git(['lfs', 'track', '*.bin'], { folder: clone })
    await writeFile(join(clone, 'song.bin'), song)
    await git(['checkout', '-q', '-b', 'songs'], { folder: clone })
    await git(['add', '--all'], { folder: clone })
    await git(['commit', '-q', '-m', 'Add a song'], { folder: clone })
    const pushed = await git(['push', 'origin', 'songs'], { folder: clone, key })
    assert.equal(pushed.code, 0, pushed.stderr)
    assert.doesNotMatch(pushed.stderr, /lock|warning|error/i)
    const second = await git(['clone', '--branch', 'songs', door.url('payments/api'), 'second'], { key })
    assert.equal(second.code, 0, second.stderr)
    assert.ok(song.equals(await readFile(join(work, 'second', 'song.bin'))))
  })

  /** Half of a large file is sent, then `meanwhile` happens, then the rest. Resolves with the status, 0 where it was cut. */
  async function putSlowly(
    content: Buffer,
    headers: Record<string, string>,
    meanwhile: (closed: Promise<unknown>) => Promise<unknown>,
    repository = held,
  ) {
    const url = new URL(lfs(repository, `objects/${oidOf(content)}`))
    const sent = request(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'content-length': content.length, ...headers },
    })
    const ended = new Promise<{ status: number; text: string }>((resolve) => {
      sent.once('error', (error) => resolve({ status: 0, text: error.message }))
      sent.once('response', (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.once('error', () => resolve({ status: 0, text }))
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
    })
    sent.write(content.subarray(0, content.length / 2))
    const incoming = join(await folderOf(repository), 'lfs', 'incoming')
    await until(
      () => readdir(incoming).catch(() => []),
      (names) => names.length > 0,
    )
    await meanwhile(once(sent, 'close').catch(() => undefined))
    sent.end(content.subarray(content.length / 2))
    return ended
  }

  test('a file goes in and out by itself: whole, in parts, checked, and the same bytes twice', async () => {
    const content = randomBytes(50_000)
    const pointer = { oid: oidOf(content), size: content.length }
    const mine = basic(other.token)
    const asked = await batch(other, 'upload', [pointer])
    const { upload, verify } = asked.first?.actions ?? {}
    assert.equal(upload?.href, lfs(other, `objects/${pointer.oid}`))
    const check = (size: number) =>
      fetch(verify?.href ?? '', {
        method: 'POST',
        headers: { ...json, ...mine },
        body: JSON.stringify({ ...pointer, size }),
      })
    assert.equal((await check(content.length)).status, 404)
    for (let times = 0; times < 2; times++) assert.equal((await put(other, content, mine)).status, 200)
    assert.equal((await check(content.length)).status, 200)
    assert.equal((await check(content.length + 1)).status, 404)
    // What is here is not asked for again; another size of it is a broken pointer.
    assert.equal((await batch(other, 'upload', [pointer])).first?.actions, undefined)
    assert.equal((await batch(other, 'download', [{ ...pointer, size: 1 }])).first?.error?.code, 422)

    const { download } = (await batch(other, 'download', [pointer])).first?.actions ?? {}
    const get = (headers: Record<string, string> = {}) =>
      fetch(download?.href ?? '', { headers: { ...mine, ...headers } })
    const whole = await get()
    assert.ok(content.equals(Buffer.from(await whole.arrayBuffer())))
    assert.equal(whole.headers.get('content-security-policy'), "sandbox; default-src 'none'")
    const rest = await get({ range: 'bytes=49000-' })
    assert.deepEqual([rest.status, rest.headers.get('content-range')], [206, 'bytes 49000-49999/50000'])
    assert.ok(content.subarray(49_000).equals(Buffer.from(await rest.arrayBuffer())))
    const part = await get({ range: 'bytes=10-19' })
    assert.ok(content.subarray(10, 20).equals(Buffer.from(await part.arrayBuffer())))
    for (const range of ['bytes=50000-', 'bytes=99999-100000']) assert.equal((await get({ range })).status, 416)
    for (const range of ['bytes=-5', 'bytes=5-1', 'lines=1-2', 'bytes=0-1,5-6'])
      assert.equal((await get({ range })).status, 200, range)
  })

  test('what nobody may bring stays out: other bytes, too much, without a size, under hostile names', async () => {
    const content = randomBytes(1000)
    const mine = basic(held.token)
    const before = await remains(held)
    const wrong = await put(held, content, mine, oidOf(randomBytes(5)))
    assert.deepEqual([wrong.status, wrong.headers.get('content-type')], [422, 'application/vnd.git-lfs+json'])
    assert.match(((await wrong.json()) as { message: string }).message, /Nothing of it was kept/)
    const large = randomBytes(2 * 1024 ** 2 + 1)
    const refused = (await batch(held, 'upload', [{ oid: oidOf(large), size: large.length }])).first
    assert.deepEqual([refused?.actions, refused?.error?.code], [undefined, 413])
    assert.match(refused?.error?.message ?? '', /3 MB; files of Git LFS may have 2 MB here.*POSTERN_MAX_LFS_FILE_MB/)
    assert.equal((await put(held, large, mine)).status, 413)
    const chunked = request(lfs(held, `objects/${oidOf(content)}`), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked', ...mine },
    })
    chunked.end(content)
    const [answer] = (await once(chunked, 'response')) as [IncomingMessage]
    answer.resume()
    assert.equal(answer.statusCode, 411)
    for (const oid of ['..%2f..%2f..%2fsecret-key', oidOf(content).toUpperCase(), 'x', `${'a'.repeat(63)}%00`]) {
      assert.equal((await put(held, content, mine, oid)).status, 404, oid)
      assert.equal((await fetch(lfs(held, `objects/${oid}`), { headers: mine })).status, 404, oid)
    }
    const named = await batch(held, 'download', [{ oid: '../../../secret-key', size: 5 }])
    assert.equal(named.first?.error?.code, 422)
    assert.equal((await batch(held, 'upload', [{ oid: oidOf(content), size: -1 }])).status, 422)
    const many = Array.from({ length: 1001 }, () => ({ oid: oidOf(content), size: 1 }))
    assert.equal((await batch(held, 'upload', many)).status, 422)
    assert.deepEqual(await remains(held), before)
    // The last of the room in a repository: three of these and a part of a fourth.
    const brought = await makeHeld(door.started, ana, 'payments/full')
    const each = [1, 2, 3].map(() => randomBytes(1_500_000))
    const statuses = []
    for (const one of each) statuses.push((await put(brought, one, mine)).status)
    assert.deepEqual(statuses, [200, 200, 507])
    const [, , third = content] = each
    const full = (await batch(brought, 'upload', [{ oid: oidOf(third), size: third.length }])).first
    assert.match(full?.error?.message ?? '', /more than 4 MB, which is the most here.*POSTERN_MAX_LFS_REPOSITORY_MB/)
    // It goes with its repository.
    const folder = await folderOf(brought)
    assert.ok((await stat(join(folder, 'lfs'))).isDirectory())
    await ana.act('DELETE', brought.path)
    await assert.rejects(stat(folder), { code: 'ENOENT' })
    assert.equal((await fetch(lfs(brought, `objects/${oidOf(third)}`), { headers: mine })).status, 404)
  })

  test('who may fetch may fetch, who may push may bring, and an oid opens nothing elsewhere', async () => {
    const content = randomBytes(2000)
    const pointer = { oid: oidOf(content), size: content.length }
    assert.equal((await put(held, content, basic(held.token))).status, 200)
    const address = lfs(held, `objects/${pointer.oid}`)
    const status = async (headers: Record<string, string>) => (await fetch(address, { headers })).status

    // Nobody in particular hears the same of what is there and what is not.
    const nobody = await batch(held, 'download', [pointer], {})
    assert.deepEqual(
      [nobody.status, nobody.headers.get('lfs-authenticate')],
      [401, 'Basic realm="Postern", charset="UTF-8"'],
    )
    const nowhere = await fetch(address.replace('/api.git/', '/nothing.git/'))
    assert.deepEqual([await status({}), nowhere.status], [401, 401])
    assert.equal((await put(held, content, {})).status, 401)

    const ben = await door.started.join(ana, 'ben')
    const his = basic(await ben.makeToken('his'))
    assert.deepEqual([await status(his), (await batch(held, 'download', [pointer], his)).status], [404, 404])
    await ana.act('PUT', `${held.path}/members/user/ben`, { role: 'read' })
    assert.equal(await status(his), 200)
    assert.equal((await batch(held, 'upload', [pointer], his)).status, 403)
    assert.equal((await put(held, content, his)).status, 403)
    const verified = { method: 'POST', headers: { ...json, ...his }, body: JSON.stringify(pointer) }
    assert.equal((await fetch(lfs(held, 'verify'), verified)).status, 403)
    // A token that may only read, and one that was made for another repository.
    const reading = basic(await ana.makeToken('reading', ['repository:read']))
    assert.deepEqual([await status(reading), (await put(held, content, reading)).status], [200, 403])
    const { secret } = await ana.act<{ secret: string }>('POST', '/me/tokens', {
      name: 'one',
      scopes: ['repository:write'],
      repositoryIds: [other.id],
      expiresInDays: 1,
    })
    assert.equal(await status(basic(secret)), 404)
    const looking = basic(await ana.makeToken('looking', ['account:read']))
    assert.equal(await status(looking), 403)
    // A cookie counts for nothing here, and a token in the address neither.
    assert.equal((await fetch(`${address}?access_token=${held.token}`)).status, 401)

    // The other repository knows nothing of it, and takes it only from whoever has it.
    const mine = basic(other.token)
    const elsewhere = await batch(other, 'download', [pointer])
    assert.equal(elsewhere.first?.error?.code, 404)
    assert.ok((await batch(other, 'upload', [pointer])).first?.actions?.upload)
    assert.equal((await fetch(lfs(other, `objects/${pointer.oid}`), { headers: mine })).status, 404)

    const open = await makeHeld(door.started, ana, 'payments/open')
    await ana.act('PATCH', open.path, { visibility: 'public' })
    assert.equal((await put(open, content, basic(open.token))).status, 200)
    assert.ok((await batch(open, 'download', [pointer], {})).first?.actions?.download)
    assert.equal((await fetch(lfs(open, `objects/${pointer.oid}`))).status, 200)
    assert.equal((await batch(open, 'upload', [pointer], {})).status, 401)
    assert.equal((await put(open, content, {})).status, 401)
  })

  test('a push that names files nobody brought is refused with what to do, unless they are kept elsewhere', async () => {
    const content = randomBytes(700)
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(content)}\nsize ${content.length}\n`
    const commit = async (file: string, text: string): Promise<void> => {
      await writeFile(join(other.work, file), text)
      await other.git('add', '--all')
      await other.git('commit', '--quiet', '--message', file)
    }
    await other.git('checkout', '--quiet', '-b', 'pointers')
    await commit('film.bin', pointer)
    const push = () => run('git', [...withToken(other.token), 'push', 'origin', 'HEAD:pointers'], { cwd: other.work })
    const refused = await push()
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /One file of Git LFS that this push names is not here\. Bring it, then push again:/)
    assert.match(refused.stderr, /remote: git lfs push --all origin/)
    assert.deepEqual(
      (await other.refusals()).map(({ code }) => code),
      ['lfs-missing'],
    )
    // Where nothing is kept yet the attributes say whether anything is, however large they are.
    const plain = await makeHeld(door.started, ana, 'payments/plain')
    await writeFile(join(plain.work, '.gitattributes'), '# as any other\n'.repeat(1_200_000))
    await plain.commit('film.bin')
    await plain.git('push', '--quiet', 'origin', 'HEAD:attributes')
    await commit('.lfsconfig', '[lfs]\n\turl = https://elsewhere.example.com/lfs\n')
    assert.equal((await push()).code, 0)
    // A pointer to what another repository holds shows no more than itself.
    assert.equal((await put(held, content, basic(held.token))).status, 200)
    const raw = await fetch(`${door.started.origin}/api/v1${other.path}/raw?ref=pointers&path=film.bin`, {
      headers: { authorization: `Bearer ${other.token}` },
    })
    assert.equal(await raw.text(), pointer)
    await other.git('reset', '--quiet', '--hard', 'HEAD~1')
    await other.git('commit', '--quiet', '--amend', '--message', 'Again')
    assert.equal((await put(other, content, basic(other.token))).status, 200)
    const { code, stderr } = await run('git', [...withToken(other.token), 'push', '-f', 'origin', 'HEAD:with-it'], {
      cwd: other.work,
    })
    assert.equal(code, 0, stderr)
  })

  test('what ends or may no longer push while a file arrives has brought nothing', async () => {
    const eva = await door.started.join(ana, 'eva')
    const member = `${held.path}/members/user/eva`
    await ana.act('PUT', member, { role: 'write' })
    const before = await remains(held)
    const { token, secret } = await eva.act<{ token: { id: string }; secret: string }>('POST', '/me/tokens', {
      name: 'slow',
      scopes: ['repository:write'],
      repositoryIds: null,
      expiresInDays: 1,
    })
    const nothing = (): Promise<string[]> =>
      until(
        () => remains(held),
        (names) => names.length === before.length,
      )
    const demoted = await putSlowly(randomBytes(400_000), basic(secret), () => ana.act('PUT', member, { role: 'read' }))
    assert.equal(demoted.status, 403, demoted.text)
    assert.deepEqual(await nothing(), before)
    await ana.act('PUT', member, { role: 'write' })
    // What its path leads to by then takes what they bring; that says nothing of where it began to come.
    const moving = await makeHeld(door.started, ana, 'payments/moving')
    const there = `${moving.path}/members/user/eva`
    await ana.act('PUT', there, { role: 'write' })
    const astray = await putSlowly(
      randomBytes(400_000),
      basic(secret),
      async () => {
        await ana.act('DELETE', there)
        await ana.act('PATCH', moving.path, { name: 'moved-away' })
        await ana.call('POST', '/projects/payments/repositories', {
          name: 'moving',
          description: '',
          takesFormerName: true,
        })
        await ana.act('PUT', there, { role: 'write' })
      },
      moving,
    )
    assert.deepEqual([astray.status, await remains(moving)], [404, []])
    const cut = await putSlowly(randomBytes(400_000), basic(secret), async (closed) => {
      await eva.act('DELETE', `/me/tokens/${token.id}`)
      await closed
    })
    assert.equal(cut.status, 0)
    assert.deepEqual(await nothing(), before)
    const mine = await putSlowly(randomBytes(400_000), basic(await eva.makeToken('last')), async (closed) => {
      await ana.act('POST', '/people/eva/end', { reason: '' })
      await closed
    })
    assert.equal(mine.status, 0)
    assert.deepEqual(await nothing(), before)
  })

  test('what SSH gives out opens one repository for one purpose, and ends with its key', async () => {
    const content = randomBytes(3000)
    const pointer = { oid: oidOf(content), size: content.length }
    const key = await door.addKey(ana, 'desk')
    const authenticate = async (identity: { file: string }, repository: string, operation: string) =>
      door.ssh(identity, '-q', `git-lfs-authenticate '${repository}' ${operation}`)
    const given = async (repository: string, operation: string): Promise<{ authorization: string }> => {
      const { code, stdout, stderr } = await authenticate(key, repository, operation)
      assert.equal(code, 0, stderr)
      const said = JSON.parse(stdout) as { href: string; header: { Authorization: string }; expires_in: number }
      assert.deepEqual([said.href, said.expires_in], [`${door.started.origin}/payments/api.git/info/lfs`, 900])
      return { authorization: said.header.Authorization }
    }
    const upload = await given('/payments/api.git', 'upload')
    const download = await given('payments/api', 'download')
    const address = lfs(held, `objects/${pointer.oid}`)
    assert.equal((await put(held, content, download)).status, 403)
    assert.equal((await batch(held, 'upload', [pointer], download)).status, 403)
    const asked = await batch(held, 'upload', [pointer], upload)
    assert.equal(asked.first?.actions?.upload?.header?.['Authorization'], upload.authorization)
    assert.equal((await put(held, content, upload)).status, 200)
    assert.equal((await fetch(address, { headers: download })).status, 200)
    // Another repository, another door, another letter in it.
    assert.equal((await batch(other, 'download', [pointer], download)).status, 404)
    assert.equal((await put(other, content, upload)).status, 404)
    for (const headers of [upload, download]) {
      assert.equal((await fetch(`${held.url}/info/refs?service=git-upload-pack`, { headers })).status, 401)
      assert.equal((await fetch(`${door.started.origin}/api/v1/me`, { headers })).status, 401)
      const path = `${door.started.origin}/api/v1${held.path}/tree`
      assert.equal((await fetch(path, { headers })).status, 401)
    }
    const [head = '', body = ''] = upload.authorization.split('pst_lfs_')
    const [text = '', signature = ''] = body.split('.')
    const written = JSON.parse(Buffer.from(text, 'base64url').toString()) as { repositoryId: string }
    const forged = Buffer.from(JSON.stringify({ ...written, repositoryId: other.id })).toString('base64url')
    const shown = { authorization: `${head}pst_lfs_${forged}.${signature}` }
    assert.equal((await batch(other, 'download', [pointer], shown)).status, 401)

    const cut = await putSlowly(randomBytes(400_000), upload, async (closed) => {
      await ana.act('DELETE', `/me/ssh-keys/${key.id}`)
      await closed
    })
    assert.equal(cut.status, 0)
    assert.equal((await fetch(address, { headers: download })).status, 401)
    assert.equal((await batch(held, 'download', [pointer], upload)).status, 401)

    // A deploy key that may read brings nothing, and nobody hears of what they may not see.
    const machine = await makeKeyFile(await door.folder('keys'), 'machine')
    await ana.act('POST', `${held.path}/deploy-keys`, {
      name: 'builds',
      publicKey: machine.line,
      access: 'read',
      expiresInDays: 365,
      rotation: null,
    })
    const reads = await authenticate(machine, 'payments/api', 'download')
    assert.equal(reads.code, 0, reads.stderr)
    const header = (JSON.parse(reads.stdout) as { header: { Authorization: string } }).header.Authorization
    assert.equal((await fetch(address, { headers: { authorization: header } })).status, 200)
    assert.equal((await put(held, content, { authorization: header })).status, 403)
    const brings = await authenticate(machine, 'payments/api', 'upload')
    assert.deepEqual([brings.code, brings.stdout], [1, ''])
    assert.match(brings.stderr, /was not given the scope repository:write/)
    for (const path of ['payments/other', 'payments/nothing'])
      assert.match((await authenticate(machine, path, 'download')).stderr, /does not exist, or you may not see it/)
  })
})
