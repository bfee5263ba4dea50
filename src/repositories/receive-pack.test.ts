import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { listCommits, readCommits } from './commits.ts'
import type { RepositoryPlace } from './place.ts'
import { openRepositories, type RepositoryFixture } from './repository-testing.ts'

const megabyte = 1024 ** 2
const execute = promisify(execFile)

describe('a push over HTTP', () => {
  let fixture: RepositoryFixture
  let token: string
  before(async () => {
    fixture = await openRepositories({ maxBlobBytes: 2 * megabyte, maxPushBytes: 6 * megabyte })
    token = await fixture.addToken(fixture.owner)
  })
  after(() => fixture[Symbol.asyncDispose]())

  let number = 0
  /** A repository whose `main` has been pushed, and the clone it came from. */
  async function begin(): Promise<{
    place: RepositoryPlace
    work: Awaited<ReturnType<RepositoryFixture['workFolder']>>
    url: string
  }> {
    const place = await fixture.addRepository(`repository-${(number += 1)}`)
    const work = await fixture.workFolder()
    const url = fixture.url(place, token)
    await commit(work, 'README.md', 'hello\n')
    const pushed = await work.git('push', url, 'main')
    assert.equal(pushed.code, 0, pushed.text)
    return { place: await fixture.look(place), work, url }
  }
  async function commit(
    work: { folder: string; git: (...args: string[]) => Promise<{ text: string }> },
    name: string,
    content: string | Buffer,
  ): Promise<string> {
    await writeFile(join(work.folder, name), content)
    await work.git('add', '-A')
    await work.git('commit', '-q', '-m', `change ${name}`)
    return (await work.git('rev-parse', 'HEAD')).text.trim()
  }
  const refs = async ({ folder }: RepositoryPlace): Promise<string[]> =>
    (await fixture.git.run(['for-each-ref', '--format=%(refname)'], { repository: folder })).stdout
      .toString()
      .split('\n')
      .filter(Boolean)
  const assertClean = async ({ folder }: RepositoryPlace): Promise<void> => {
    assert.deepEqual(
      (await readdir(join(folder, 'objects'))).filter((name) => name.startsWith('tmp_')),
      [],
    )
    const open = await fixture.database.read
      .selectFrom('refUpdate')
      .selectAll()
      .where('state', '=', 'prepared')
      .execute()
    assert.deepEqual(open, [])
  }

  it('refuses refs/replace, which would show the server another tree than the one that was signed', async () => {
    const { place, work, url } = await begin()
    const honest = (await work.git('rev-parse', 'HEAD')).text.trim()
    const forged = await commit(work, 'README.md', 'forged\n')
    const pushed = await work.git('push', url, `${forged}:refs/replace/${honest}`)
    assert.notEqual(pushed.code, 0)
    assert.match(
      pushed.text,
      /remote: refs\/replace\/\w+ belongs to the server\. Only refs\/heads\/\* and refs\/tags\/\* can be pushed\./,
    )
    assert.match(pushed.text, /! \[remote rejected\].*only branches and tags can be pushed/)
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    await assertClean(place)
  })

  it('refuses every other namespace of the server, and the whole push with it', async () => {
    const { place, work, url } = await begin()
    for (const ref of ['refs/postern/seals', 'refs/pull/1/head', 'refs/notes/x', 'refs/heads-not/x']) {
      const pushed = await work.git('push', url, `main:${ref}`, 'main:refs/heads/innocent')
      assert.match(pushed.text, /belongs to the server/)
    }
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    const refusals = (await fixture.events()).filter(
      ({ action, facts }) => action === 'push.refused' && facts['repository'] === place.path,
    )
    assert.equal(refusals.length, 4)
  })

  it('records the first push as the baseline and protects its branch', async () => {
    const { place, work, url } = await begin()
    const oid = (await work.git('rev-parse', 'HEAD')).text.trim()
    const protection = await fixture.database.read
      .selectFrom('protectedBranch')
      .selectAll()
      .where('repositoryId', '=', place.repository.id)
      .execute()
    assert.deepEqual(
      protection.map(({ ref, baselineOid, protectSealId }) => [ref, baselineOid, protectSealId]),
      [['refs/heads/main', oid, null]],
    )
    await commit(work, 'README.md', 'more\n')
    for (const args of [['main'], ['+main'], [':main'], ['--force', 'main~1:main']]) {
      const pushed = await work.git('push', url, ...args)
      if (pushed.text.includes('Everything up-to-date')) continue
      assert.notEqual(pushed.code, 0)
      assert.match(pushed.text, /remote: main is (protected|the default branch)/)
    }
    const direct = await work.git('push', url, 'main')
    assert.match(direct.text, /remote: main is protected: open a pull request instead/)
    assert.match(direct.text, /remote: git push origin HEAD:my-change/)
    assert.match(direct.text, /! \[remote rejected\] main -> main \(this branch is protected\)/)
    const events = (await fixture.events())
      .filter(({ facts }) => facts['repository'] === place.path)
      .map(({ action }) => action)
    assert.deepEqual(events.slice(0, 3), ['repository.created', 'ref.created', 'branch.protected'])
  })

  it('makes the first branch the default where there is no main, and points HEAD at it', async () => {
    const place = await fixture.addRepository('trunk-based')
    const work = await fixture.workFolder()
    await commit(work, 'file', 'text\n')
    const url = fixture.url(place, token)
    assert.equal((await work.git('push', url, 'main:trunk', 'main:other')).code, 0)
    const now = await fixture.look(place)
    const { stdout } = await fixture.git.run(['symbolic-ref', 'HEAD'], { repository: place.folder })
    assert.equal(stdout.toString().trim(), `refs/heads/${now.repository.defaultBranch}`)
    const protection = await fixture.database.read
      .selectFrom('protectedBranch')
      .select('ref')
      .where('repositoryId', '=', place.repository.id)
      .execute()
    assert.deepEqual(
      protection.map(({ ref }) => ref),
      [`refs/heads/${now.repository.defaultBranch}`],
    )
  })

  it('lets exactly one of two first pushes win', async () => {
    const place = await fixture.addRepository('raced')
    const works = await Promise.all([fixture.workFolder(), fixture.workFolder()])
    for (const [index, work] of works.entries()) await commit(work, 'file', `${index}\n`)
    const url = fixture.url(place, token)
    const pushed = await Promise.all(works.map((work) => work.git('push', url, 'main')))
    assert.equal(pushed.filter(({ code }) => code === 0).length, 1, pushed.map(({ text }) => text).join('\n---\n'))
    const loser = pushed.find(({ code }) => code !== 0)
    assert.match(
      loser?.text ?? '',
      /remote: (Somebody else makes the first push|main (is protected|moved while you pushed))|\(fetch first\)/,
    )
    const winner = (await works[pushed.findIndex(({ code }) => code === 0)]?.git('rev-parse', 'HEAD'))?.text.trim()
    const { stdout } = await fixture.git.run(['rev-parse', 'refs/heads/main'], { repository: place.folder })
    assert.equal(stdout.toString().trim(), winner)
    const baselines = await fixture.database.read
      .selectFrom('protectedBranch')
      .select('baselineOid')
      .where('repositoryId', '=', place.repository.id)
      .execute()
    assert.deepEqual(
      baselines.map(({ baselineOid }) => baselineOid),
      [winner],
    )
    await assertClean(place)
  })

  it('takes new branches, forced updates and deletions of unprotected ones, atomic pushes and push options', async () => {
    const { place, work, url } = await begin()
    await commit(work, 'change', 'one\n')
    const created = await work.git('push', '-o', 'ci.skip', url, 'HEAD:my-change')
    assert.equal(created.code, 0, created.text)
    assert.match(created.text, /remote: Open a pull request for my-change:/)
    assert.match(created.text, /pull-requests\/new\?source=my-change/)
    await work.git('commit', '-q', '--amend', '-m', 'again')
    const forced = await work.git('push', '--force', url, 'HEAD:my-change')
    assert.equal(forced.code, 0, forced.text)
    const both = await work.git('push', '--atomic', url, 'HEAD:a', 'HEAD:b')
    assert.equal(both.code, 0, both.text)
    assert.equal((await work.git('push', url, ':my-change')).code, 0)
    assert.deepEqual(await refs(place), ['refs/heads/a', 'refs/heads/b', 'refs/heads/main'])
    const atomic = await work.git('push', '--atomic', url, 'HEAD:main', 'HEAD:c')
    assert.notEqual(atomic.code, 0)
    assert.deepEqual(await refs(place), ['refs/heads/a', 'refs/heads/b', 'refs/heads/main'])
    const rows = await fixture.database.read
      .selectFrom('refUpdate')
      .selectAll()
      .where('repositoryId', '=', place.repository.id)
      .execute()
    assert.ok(rows.every(({ state, method }) => state === 'done' && method.startsWith('token tok_')))
    await assertClean(place)
  })

  it('never moves a tag, and deletes none', async () => {
    const { place, work, url } = await begin()
    assert.equal((await work.git('push', url, 'HEAD:refs/tags/v1')).code, 0)
    await commit(work, 'x', 'x\n')
    assert.match(
      (await work.git('push', '--force', url, 'HEAD:refs/tags/v1')).text,
      /a tag that was pushed never moves/,
    )
    assert.match((await work.git('push', url, ':refs/tags/v1')).text, /administrators delete tags, on their page/)
    assert.ok((await refs(place)).includes('refs/tags/v1'))
  })

  it('says of what is to be deleted that it is not there, as scripts ask that do not look first', async () => {
    const { work, url } = await begin()
    for (const ref of ['refs/heads/gone', 'refs/tags/gone']) {
      const { code, text } = await work.git('push', url, `:${ref}`)
      assert.equal(code, 1)
      assert.match(text, /There is no (branch|tag) gone here/)
      assert.match(text, /\[remote rejected\] gone \(it is not there\)/)
    }
  })

  it('refuses a file over the limit by its name, and leaves nothing of it', async () => {
    const { place, work, url } = await begin()
    await commit(work, 'big.bin', randomBytes(3 * megabyte))
    const pushed = await work.git('push', url, 'HEAD:big')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.text, /remote: big\.bin has 3 MB; files may have 2 MB here/)
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    await assertClean(place)
  })

  it('refuses a commit that nothing reads whole, and lists long ones without all of their words', async () => {
    await using roomy = await openRepositories()
    const place = await roomy.addRepository('words')
    const work = await roomy.workFolder()
    const url = roomy.url(place, await roomy.addToken(roomy.owner))
    const write = async (bytes: number): Promise<void> => {
      await writeFile(join(work.folder, '.git', 'words'), `Words\n\n${'x'.repeat(bytes)}`)
      await work.git('commit', '-q', '--allow-empty', '-F', '.git/words')
    }
    await write(9 * megabyte)
    const pushed = await work.git('push', url, 'main')
    assert.match(pushed.text, /remote: The commit [0-9a-f]{10} has 10 MB; commits and tags may have 8 MB here\./)
    await work.git('update-ref', '-d', 'HEAD')
    for (let each = 0; each < 4; each++) await write(4 * megabyte)
    assert.equal((await work.git('push', url, 'main')).code, 0)
    const source = { git: roomy.git, folder: place.folder }
    const listed = await listCommits(source, { tip: 'main' })
    assert.deepEqual(
      listed.map(({ subject, authorName, body }) => [subject, authorName, body]),
      Array.from({ length: 4 }, () => ['Words', 'Ana', '']),
    )
    const oids = listed.map(({ oid }) => oid)
    assert.deepEqual([...(await readCommits(source, oids)).keys()], oids)
  })

  it('judges a file by its own size, however little of it travels', async () => {
    const { place, work, url } = await begin()
    await commit(work, 'zeros', Buffer.alloc(megabyte))
    assert.equal((await work.git('push', url, 'HEAD:fits')).code, 0)
    await commit(work, 'zeros', Buffer.alloc(3 * megabyte))
    const pushed = await work.git('push', url, 'HEAD:grown')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.text, /remote: zeros has 3 MB; files may have 2 MB here/)
    assert.deepEqual(await refs(place), ['refs/heads/fits', 'refs/heads/main'])
    await assertClean(place)
  })

  it('refuses a forbidden ref before it has taken a large pack, with its sentence', async () => {
    const { place, work, url } = await begin()
    for (let index = 0; index < 5; index++) await writeFile(join(work.folder, `part-${index}`), randomBytes(megabyte))
    await work.git('add', '-A')
    await work.git('commit', '-q', '-m', 'large')
    const pushed = await work.git('push', url, 'HEAD:main')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.text, /remote: main is protected/)
    assert.match(pushed.text, /! \[remote rejected\]/)
    await assertClean(place)
  })

  it('refuses a push above the size limit', async () => {
    const { place, work, url } = await begin()
    for (let index = 0; index < 8; index++) await writeFile(join(work.folder, `part-${index}`), randomBytes(megabyte))
    await work.git('add', '-A')
    await work.git('commit', '-q', '-m', 'huge')
    const pushed = await work.git('push', url, 'HEAD:huge')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.text, /maximum allowed size/)
    await assertClean(place)
  })

  it('refuses trees that would write into .git', async () => {
    const { place, work, url } = await begin()
    const blob = (await work.git('rev-parse', 'HEAD:README.md')).text.trim()
    await writeFile(join(work.folder, 'tree'), Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]))
    const tree = (await work.git('hash-object', '-w', '-t', 'tree', '--literally', 'tree')).text.trim()
    const evil = (await work.git('commit-tree', tree, '-m', 'evil')).text.trim()
    const pushed = await work.git('push', url, `${evil}:refs/heads/evil`)
    assert.match(pushed.text, /hasDotgit/)
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    await assertClean(place)
  })

  /** The bytes of a push that creates `change`, with its whole pack. */
  async function pushBody(work: { folder: string }, oid: string): Promise<Buffer> {
    const packing = execute('git', ['pack-objects', '--all', '--stdout', '-q'], {
      cwd: work.folder,
      encoding: 'buffer',
      maxBuffer: 64 * megabyte,
    })
    packing.child.stdin?.end()
    const pack = await packing
    const command = encodePkt(`${zeroOid} ${oid} refs/heads/change\0report-status side-band-64k`)
    return Buffer.concat([command, flushPkt, pack.stdout])
  }
  function send(place: RepositoryPlace, more: Record<string, string> = {}): ClientRequest {
    const headers = {
      host: 'localhost:7400',
      authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}`,
      'content-type': 'application/x-git-receive-pack-request',
      'transfer-encoding': 'chunked',
      ...more,
    }
    return request(`${fixture.origin}/${place.path}.git/git-receive-pack`, { method: 'POST', headers })
  }
  const quarantines = async ({ folder }: RepositoryPlace): Promise<string[]> =>
    (await readdir(join(folder, 'objects'))).filter((name) => name.startsWith('tmp_objdir'))
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
  }

  it('keeps nothing of a push that is cut off in the middle', async () => {
    const { place, work } = await begin()
    const oid = await commit(work, 'big.bin', randomBytes(megabyte))
    const body = await pushBody(work, oid)
    const sent = send(place)
    sent.on('error', () => {})
    sent.write(body.subarray(0, body.length / 2))
    await until(async () => (await quarantines(place)).length > 0)
    sent.destroy()
    await until(async () => (await quarantines(place)).length === 0)
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    await assertClean(place)
  })

  it('takes a compressed push, as JGit sends it, and one that unfolds wrongly leaves nothing', async () => {
    const { place, work } = await begin()
    const oid = await commit(work, 'file', 'compressed\n')
    const body = await pushBody(work, oid)
    const answerTo = async (bytes: Buffer): Promise<[number | undefined, string]> => {
      const sent = send(place, { 'content-encoding': 'gzip' })
      sent.end(bytes)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return [response.statusCode, (await Array.fromAsync(response as AsyncIterable<Buffer>)).join('')]
    }
    assert.equal((await answerTo(Buffer.from('not gzip')))[0], 400)
    const list = body.subarray(0, body.indexOf('PACK'))
    const wrong = [
      // Cut off in the middle.
      gzipSync(body).subarray(0, -20),
      // More than a push may have, and a list that has no end.
      gzipSync(Buffer.concat([list, Buffer.from('PACK\0\0\0\u0002\0\0\u0001\0'), Buffer.alloc(32 * megabyte)])),
      gzipSync(Buffer.concat([list.subarray(0, -4), encodePkt(`${zeroOid} ${oid} refs/heads/other`)])),
      gzipSync(Buffer.from('ffff'.repeat(megabyte))),
    ]
    for (const [index, bytes] of wrong.entries()) {
      const [, text] = await answerTo(bytes)
      assert.doesNotMatch(text, /ok refs\/heads\/change/, String(index))
      await until(async () => (await quarantines(place)).length === 0)
    }
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    const [status, text] = await answerTo(gzipSync(body))
    assert.equal(status, 200)
    assert.match(text, /unpack ok.*ok refs\/heads\/change/s)
    assert.deepEqual(await refs(place), ['refs/heads/change', 'refs/heads/main'])
    await assertClean(place)
  })

  it('says of a branch that moved meanwhile what to do, and takes nothing back', async () => {
    const { place, work, url } = await begin()
    const stale = await commit(work, 'file', 'one\n')
    assert.equal((await work.git('push', url, 'HEAD:change')).code, 0)
    const theirs = await commit(work, 'file', 'two\n')
    assert.equal((await work.git('push', url, 'HEAD:change')).code, 0)
    await work.git('reset', '-q', '--hard', stale)
    const late = await commit(work, 'file', 'late\n')
    // As somebody sends it who was told the branch before it moved.
    const body = (await pushBody(work, late)).toString('latin1').replace(zeroOid, stale)
    const sent = send(place)
    sent.end(Buffer.from(body, 'latin1'))
    const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>]
    const answer = (await Array.fromAsync(response)).join('')
    assert.ok(
      answer.endsWith('\u0002change moved while you pushed. Fetch, look at what came, and push again.\n0000'),
      answer,
    )
    assert.match(answer, /ng refs\/heads\/change/)
    const { stdout } = await fixture.git.run(['rev-parse', 'refs/heads/change'], { repository: place.folder })
    assert.equal(stdout.toString().trim(), theirs)
    await assertClean(place)
  })

  it('says of a push what git did with it, whatever the branch was moved to before anybody looked', async () => {
    const { place, work, url } = await begin()
    const first = await commit(work, 'file', 'one\n')
    const second = await commit(work, 'file', 'two\n')
    assert.equal((await work.git('push', url, `${second}:refs/heads/later`)).code, 0)
    const { run } = fixture.git
    const overtake = async (ref: string, to: string, push: () => ReturnType<typeof work.git>) => {
      fixture.git.run = async (args, options) => {
        if (args[0] === 'for-each-ref' && args.includes(ref)) {
          await rm(join(place.folder, `${ref}.lock`), { force: true })
          await run(['update-ref', ref, to], { repository: place.folder })
        }
        return run(args, options)
      }
      return push().finally(() => (fixture.git.run = run))
    }
    const stateOf = async (ref: string): Promise<string> => {
      const found = fixture.database.read.selectFrom('refUpdate').select(['newOid', 'state']).where('ref', '=', ref)
      const row = await found.where('repositoryId', '=', place.repository.id).executeTakeFirstOrThrow()
      return `${row.newOid} ${row.state}`
    }
    const overtaken = await overtake('refs/heads/fast', second, () => work.git('push', url, `${first}:refs/heads/fast`))
    assert.equal(overtaken.code, 0, overtaken.text)
    assert.doesNotMatch(overtaken.text, /moved while you pushed/)
    assert.equal(await stateOf('refs/heads/fast'), `${first} done`)

    // Nor is it theirs where somebody else put the branch to the very same commit.
    await writeFile(join(place.folder, 'refs', 'heads', 'same.lock'), '')
    const beaten = await overtake('refs/heads/same', first, () => work.git('push', url, `${first}:refs/heads/same`))
    assert.notEqual(beaten.code, 0)
    assert.equal(await stateOf('refs/heads/same'), `${first} abandoned`)
    await assertClean(place)
  })

  it('refuses a corrupt pack, and a ref to objects that were not sent', async () => {
    const { place, work } = await begin()
    const oid = await commit(work, 'file', randomBytes(1000))
    const body = await pushBody(work, oid)
    const answerTo = async (bytes: Buffer): Promise<string> => {
      const sent = send(place)
      sent.end(bytes)
      const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>]
      return (await Array.fromAsync(response)).join('')
    }
    const corrupt = Buffer.from(body)
    corrupt.writeUInt8(corrupt.readUInt8(corrupt.length - 300) ^ 0xff, corrupt.length - 300)
    assert.match(await answerTo(corrupt), /fatal: pack [^]*unpack (?!ok)[^]*ng refs\/heads\/change/)
    const missing = Buffer.from(body.toString('latin1').replace(oid, 'f'.repeat(40)), 'latin1')
    const incomplete = await answerTo(missing)
    assert.match(incomplete, /ng refs\/heads\/change missing necessary objects/)
    assert.doesNotMatch(incomplete, /Open a pull request/)
    assert.match(await answerTo(Buffer.from('hello')), /does not follow the protocol/)
    assert.deepEqual(await refs(place), ['refs/heads/main'])
    await assertClean(place)
    assert.match(await answerTo(body), /ok refs\/heads\/change/)
  })
})
