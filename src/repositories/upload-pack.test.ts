import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { RepositoryPlace } from './place.ts'
import { openRepositories, type RepositoryFixture } from './repository-testing.ts'

describe('a clone or fetch over HTTP', () => {
  let fixture: RepositoryFixture
  let place: RepositoryPlace
  let token: string
  before(async () => {
    fixture = await openRepositories()
    token = await fixture.addToken(fixture.owner)
    place = await fixture.addRepository('code')
    const work = await fixture.workFolder()
    for (let index = 0; index < 5; index++) {
      await mkdir(join(work.folder, 'dir'), { recursive: true })
      await writeFile(join(work.folder, 'dir', `file-${index}`), `text ${index}\n`.repeat(100))
      await work.git('add', '-A')
      await work.git('commit', '-q', '-m', `change ${index}`)
    }
    const pushed = await work.git(
      'push',
      fixture.url(place, token),
      'main',
      'main~2:refs/heads/other',
      'main~1:refs/tags/v1',
    )
    assert.equal(pushed.code, 0, pushed.text)
  })
  after(() => fixture[Symbol.asyncDispose]())

  interface Answer {
    status: number
    headers: Record<string, string | string[] | undefined>
    text: string
  }
  function ask(method: string, path: string, headers: Record<string, string> = {}, body?: Uint8Array): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        `${fixture.origin}/${path}`,
        { method, headers: { host: 'localhost:7400', ...headers } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString('latin1'),
            }),
          )
          response.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
  const basic = (secret: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`,
  })
  const infoRefs = 'payments/code.git/info/refs?service=git-upload-pack'

  for (const version of [0, 1, 2]) {
    it(`clones with protocol version ${version}, and a second fetch brings nothing`, async () => {
      const work = await fixture.workFolder()
      const cloned = await work.git(
        '-c',
        `protocol.version=${version}`,
        'clone',
        '-q',
        fixture.url(place, token),
        'clone',
      )
      assert.equal(cloned.code, 0, cloned.text)
      assert.equal((await work.git('-C', 'clone', 'rev-list', '--count', 'HEAD')).text.trim(), '5')
      assert.equal((await work.git('-C', 'clone', '-c', `protocol.version=${version}`, 'fetch')).text, '')
    })
  }

  it('clones shallowly, deepens, and partially with fetches on demand', async () => {
    const work = await fixture.workFolder()
    const url = fixture.url(place, token)
    assert.equal((await work.git('clone', '-q', '--depth', '1', url, 'shallow')).code, 0)
    assert.equal((await work.git('-C', 'shallow', 'fetch', '-q', '--deepen', '2')).code, 0)
    assert.equal((await work.git('-C', 'shallow', 'rev-list', '--count', 'HEAD')).text.trim(), '3')
    assert.equal((await work.git('clone', '-q', '--filter=blob:none', '--no-checkout', url, 'partial')).code, 0)
    assert.equal((await work.git('-C', 'partial', 'checkout', '-q', 'main')).code, 0)
    assert.equal((await readdir(join(work.folder, 'partial', 'dir'))).length, 5)
  })

  it('takes the address of the page too, in any case, and of a former name', async () => {
    const work = await fixture.workFolder()
    for (const path of ['payments/code', 'Payments/CODE.git'])
      assert.equal((await work.git('ls-remote', fixture.url({ path }, token).replace(/\.git\.git$/, '.git'))).code, 0)
  })

  it('answers the same constant for version 2, without a service line and not to be cached', async () => {
    const version2 = { ...basic(token), 'git-protocol': 'version=2' }
    const first = await ask('GET', infoRefs, version2)
    assert.equal(first.status, 200)
    assert.equal(first.headers['content-type'], 'application/x-git-upload-pack-advertisement')
    assert.equal(first.headers['cache-control'], 'no-cache, max-age=0, must-revalidate')
    assert.match(first.text, /^000eversion 2\n/)
    assert.match(first.text, /fetch=shallow wait-for-done filter/)
    assert.equal((await ask('GET', infoRefs, version2)).text, first.text)
    const older = await ask('GET', infoRefs, { ...basic(token), 'git-protocol': 'version=9:evil=$(x)' })
    assert.match(older.text, /^001e# service=git-upload-pack\n0000/)
    const push = await ask('GET', infoRefs.replace('upload', 'receive'), version2)
    assert.match(push.text, /^001f# service=git-receive-pack\n0000/)
    assert.doesNotMatch(push.text, /refs\/pull|refs\/postern/)
  })

  it('asks for credentials alike for what exists and what does not, and says what is wrong with them', async () => {
    for (const path of [
      infoRefs,
      infoRefs.replace('code', 'nothing'),
      infoRefs.replace('code', '%2e%2e'),
      infoRefs.replace('code', 'x'.repeat(300)),
    ]) {
      const { status, headers, text } = await ask('GET', path)
      assert.equal(status, 401)
      assert.equal(headers['www-authenticate'], 'Basic realm="Postern", charset="UTF-8"')
      assert.match(text, /API token that you make under Account/)
    }
    for (const [credentials, status] of [
      [`:${token}`, 200],
      [`x-token-auth:${token}`, 200],
      [`${token}:`, 200],
      [`${token}:x-oauth-basic`, 200],
      // Where there is a password, nothing else is looked at.
      [`${token}:wrong`, 401],
      [`${token}::`, 401],
      [token, 401],
      [':', 401],
    ] as const) {
      const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
      assert.equal((await ask('GET', infoRefs, { authorization })).status, status, credentials.replace(token, 'TOKEN'))
    }
    const wrong = await ask('GET', infoRefs, basic(`pst_pat_${'x'.repeat(51)}`))
    assert.equal(wrong.status, 401)
    assert.match(wrong.text, /^This token is not known, has expired, or was ended\./)
    assert.equal(wrong.headers['content-type'], 'text/plain; charset=utf-8')
    const stranger = await fixture.addPerson('stranger')
    const strangersToken = await fixture.addToken(stranger)
    assert.equal((await ask('GET', infoRefs, basic(strangersToken))).status, 404)
    const other = await fixture.addRepository('elsewhere')
    const narrow = await fixture.addToken(fixture.owner, ['repository:write'], [other.repository.id])
    assert.equal((await ask('GET', infoRefs, basic(narrow))).status, 404)
    const readOnly = await fixture.addToken(fixture.owner, ['repository:read'])
    assert.equal((await ask('GET', infoRefs, basic(readOnly))).status, 200)
    const push = await ask('GET', infoRefs.replace('upload', 'receive'), basic(readOnly))
    assert.equal(push.status, 403)
    assert.match(push.text, /repository:write/)
  })

  it('tells the user of stock git what to do', async () => {
    const work = await fixture.workFolder()
    const refused = await work.git('ls-remote', fixture.url(place, 'wrong'))
    assert.match(refused.text, /remote: This token is not known/)
    const reader = await fixture.addPerson('reader')
    await fixture.addRepository('open', 'public')
    const readers = await fixture.addToken(reader)
    assert.equal((await work.git('ls-remote', fixture.url({ path: 'payments/open' }))).code, 0)
    const push = await work.git('push', fixture.url({ path: 'payments/open' }, readers), 'HEAD:x')
    assert.notEqual(push.code, 0)
  })

  it('leaves files out as clones ask for it, but not by patterns that lie in the repository', async () => {
    const work = await fixture.workFolder()
    const clone = (filter: string) =>
      work.git('clone', '-q', '--bare', `--filter=${filter}`, fixture.url(place, token), `by-${filter.slice(0, 6)}.git`)
    for (const filter of ['blob:none', 'blob:limit=1k', 'tree:1', 'combine:blob:none+tree:2'])
      assert.equal((await clone(filter)).code, 0, filter)
    // Comparing them can take git for ever.
    assert.match((await clone('sparse:oid=main:dir/file-1')).text, /filter 'sparse:oid' not supported/)
  })

  it('refuses the dumb protocol, unknown services and foreign bodies', async () => {
    assert.equal((await ask('GET', 'payments/code.git/info/refs', basic(token))).status, 403)
    assert.equal((await ask('GET', 'payments/code.git/info/refs?service=git-shell', basic(token))).status, 403)
    const headers = { ...basic(token), 'content-type': 'application/json' }
    assert.equal((await ask('POST', 'payments/code.git/git-upload-pack', headers, Buffer.from('{}'))).status, 415)
    assert.equal((await ask('POST', 'payments/code.git/git-receive-pack', basic(token))).status, 415)
  })

  it('inflates a fetch request, up to a limit, and nothing in another encoding', async () => {
    const fetch = {
      ...basic(token),
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
      'git-protocol': 'version=2',
    }
    const list = Buffer.from('0014command=ls-refs\n00010009peel\n0000')
    const listed = await ask('POST', 'payments/code.git/git-upload-pack', fetch, gzipSync(list))
    assert.match(listed.text, /refs\/heads\/main/)
    const bomb = await ask(
      'POST',
      'payments/code.git/git-upload-pack',
      fetch,
      gzipSync(`0014command=ls-refs\n0001${'001bref-prefix refs/heads/\n'.repeat(1_500_000)}`),
    )
    assert.equal(bomb.status, 413)
    assert.equal(
      (await ask('POST', 'payments/code.git/git-upload-pack', fetch, gzipSync(Buffer.alloc(1000)))).status,
      400,
    )
    const broken = await ask('POST', 'payments/code.git/git-upload-pack', fetch, Buffer.from('not gzip'))
    assert.equal(broken.status, 400)
    for (const service of ['git-upload-pack', 'git-receive-pack']) {
      const other = { ...fetch, 'content-type': `application/x-${service}-request`, 'content-encoding': 'br' }
      const refused = await ask('POST', `payments/code.git/${service}`, other, Buffer.from('0000'))
      assert.equal(refused.status, 415)
      assert.match(refused.text, /Send it plainly or with gzip/)
    }
  })

  it('strangers who ask and then say nothing take no more than their share, and not for ever', async () => {
    await using small = await openRepositories({ streams: 8, idleMs: 3_000 })
    const open = await small.addRepository('open', 'public')
    const work = await small.workFolder()
    await work.git('commit', '-q', '--allow-empty', '-m', 'first')
    const url = small.url(open, await small.addToken(small.owner))
    const stall = (): Promise<number | 'cut off'> =>
      new Promise((resolve) => {
        const sent = httpRequest(
          `${small.origin}/payments/open.git/git-upload-pack`,
          {
            method: 'POST',
            headers: {
              host: 'localhost:7400',
              'content-type': 'application/x-git-upload-pack-request',
              'content-length': 1000,
            },
          },
          (response) => resolve(response.resume().statusCode ?? 0),
        )
        sent.on('error', () => resolve('cut off'))
        sent.write('0014command=ls-refs')
      })
    const stalled = Array.from({ length: 12 }, stall)
    // Those that are refused are answered: by now the others hold what they got.
    assert.equal(await Promise.any(stalled.map(async (one) => assert.equal(await one, 503))), undefined)
    assert.equal((await work.git('push', '-q', url, 'main')).code, 0)
    // And they do not hold it for ever.
    assert.deepEqual(new Set(await Promise.all(stalled)), new Set([503, 'cut off']))
  })
})
