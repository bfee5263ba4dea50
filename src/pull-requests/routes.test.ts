import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { floorOnly } from '../policy/policy-testing.ts'
import { createTokenSource } from '../access-keys/api-tokens.ts'
import { createAuthenticator } from '../access-keys/authenticate.ts'
import { type Access, accessKinds, enforceAccess, type Guard } from '../http/access.ts'
import { type App, createApp } from '../http/app.ts'
import { cookieNames } from '../http/cookies.ts'
import { createRepositoryGuards } from '../repositories/access.ts'
import { browseRoutes } from '../repositories/routes/browse.ts'
import { downloadRoutes } from '../repositories/routes/downloads.ts'
import { refRoutes } from '../repositories/routes/refs.ts'
import { followBranches } from './follow-branches.ts'
import { openPullRequests, type Protected, type PullRequestFixture, type Tapper } from './pull-request-testing.ts'
import { pullRequestRoutes } from './routes.ts'
import type { DescriptionTemplate } from './shapes.ts'

const origin = 'http://localhost:7400'

describe('the routes of browsing and of pull requests', () => {
  let fixture: PullRequestFixture
  let app: App
  let port: number
  let ana: Tapper
  let guest: Tapper
  let token: string
  let repository: Protected
  let head: string

  before(async () => {
    fixture = await openPullRequests()
    app = await openApp(fixture)
    port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
    ana = await fixture.addTapper('ana-lee')
    guest = await fixture.addTapper('guest-gil', 'guest')
    token = await fixture.addToken(ana.caller)
    repository = await fixture.addProtected('ledger', ana)
    head = await repository.push(
      'feature/ünï',
      {
        'page.svg': '<svg onload="alert(1)"/>',
        'naïve "file".html': '<script>alert(1)</script>\n',
        'script.js': 'x\r\n',
      },
      'main',
    )
  })
  after(async () => {
    await app.close()
    await fixture[Symbol.asyncDispose]()
  })

  interface Asked {
    as?: Tapper | string
    body?: unknown
    seal?: string
  }
  async function call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    { as, body, seal }: Asked = { as: ana },
  ) {
    const asked = httpRequest({
      port,
      method,
      path: `/api/v1/projects/payments/repositories/ledger${path}`,
      headers: {
        host: 'localhost:7400',
        ...(as === undefined ? {} : typeof as === 'string' ? { authorization: `Bearer ${as}` } : session(as)),
        ...(seal === undefined ? {} : { 'postern-seal': seal }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    const bytes = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>))
    const isJson = response.headers['content-type']?.includes('json') === true
    return {
      status: response.statusCode,
      headers: response.headers,
      bytes,
      json: isJson ? JSON.parse(bytes.toString()) : undefined,
    }
  }
  const session = ({ secret }: Tapper) => ({
    cookie: `${cookieNames(new URL(origin)).session}=${secret}`,
    'sec-fetch-site': 'same-origin',
    origin,
  })
  const query = (words: Record<string, string>): string => `?${new URLSearchParams(words).toString()}`

  it('browses tree, file, commits, branches and tags', async () => {
    const tree = await call('GET', '/tree')
    assert.deepEqual(
      [tree.status, tree.json.entries.length, tree.json.readme.text, tree.json.lastCommit.proof.state],
      [200, 1, '# Hello\n', 'baseline'],
    )
    const file = await call('GET', `/file${query({ ref: 'feature/ünï', path: 'script.js' })}`)
    assert.deepEqual(
      [file.json.text, file.json.oid, file.json.lastCommit.subject],
      ['x\r\n', head, 'Change page.svg, naïve "file".html, script.js'],
    )
    const last = await call('GET', `/tree/commits${query({ ref: 'feature/ünï' })}`)
    assert.deepEqual(
      [
        last.json.oid,
        last.json.isComplete,
        last.json.items.map(({ path, subject }: Record<string, string>) => [path, subject]),
      ],
      [
        head,
        true,
        [
          ['README.md', 'First'],
          ...['naïve "file".html', 'page.svg', 'script.js'].map((path) => [path, file.json.lastCommit.subject]),
        ],
      ],
    )
    assert.equal((await call('GET', '/tree/commits')).json.items.length, 1)
    const blame = await call('GET', `/blame${query({ ref: 'feature/ünï', path: 'README.md' })}`)
    const { oid: first, proof } = tree.json.lastCommit
    const { commits: writers, ...blamed } = blame.json
    assert.deepEqual(
      [blame.status, blamed],
      [
        200,
        {
          ref: 'feature/ünï',
          oid: head,
          path: 'README.md',
          ranges: [{ from: 1, lines: 1, oid: first }],
          changes: [{ oid: first, pullRequest: null, proof }],
          isComplete: true,
        },
      ],
    )
    assert.deepEqual([writers.length, writers[0].subject, writers[0].changeOid], [1, 'First', first])
    const named = await call('GET', `/find/paths${query({ ref: 'feature/ünï', q: 'js script' })}`)
    assert.deepEqual(
      [named.status, named.json],
      [200, { ref: 'feature/ünï', oid: head, items: ['script.js'], total: 1, isComplete: true }],
    )
    const lines = await call('GET', `/find/lines${query({ ref: 'feature/ünï', q: '# hello' })}`)
    const readme = { path: 'README.md', lines: [{ number: 1, text: '# Hello' }], hasMore: false }
    assert.deepEqual(
      [lines.status, lines.json],
      [200, { ref: 'feature/ünï', oid: head, items: [readme], isComplete: true }],
    )
    assert.deepEqual((await call('GET', `/find/paths${query({ q: 'script' })}`)).json.items, [], 'not on main')
    for (const where of ['paths', 'lines']) {
      for (const q of ['', '  ', 'a\nb', 'a\0b', 'x'.repeat(201)])
        assert.equal((await call('GET', `/find/${where}${query({ q })}`)).status, 422, `${where} ${JSON.stringify(q)}`)
      assert.equal((await call('GET', `/find/${where}${query({ ref: 'main^', q: 'hello' })}`)).status, 404)
    }
    const commits = await call('GET', `/commits${query({ ref: head })}`)
    assert.deepEqual(
      commits.json.items.map(({ subject }: { subject: string }) => subject),
      [file.json.lastCommit.subject, 'First'],
    )
    assert.equal(commits.json.nextCursor, null)
    const branches = await call('GET', '/branches')
    assert.deepEqual(
      branches.json.items.map(({ name, isDefault, isProtected }: Record<string, unknown>) => [
        name,
        isDefault,
        isProtected,
      ]),
      [
        ['main', true, true],
        ['feature/ünï', false, false],
      ],
    )
    await repository.git('tag', '-a', '-m', 'Release one\n\nWith words.', 'v1')
    await repository.git('push', '-q', 'origin', 'v1')
    const tags = await call('GET', '/tags')
    assert.deepEqual(
      tags.json.items.map(({ name, message, tip }: Record<string, never>) => [name, message, tip?.['oid']]),
      [['v1', 'Release one\n\nWith words.', head]],
    )
    assert.equal((await call('GET', `/tree${query({ path: 'nope' })}`)).status, 404)
    assert.equal((await call('GET', `/tree${query({ ref: 'main^' })}`)).status, 404)
    assert.equal((await call('GET', `/tree/commits${query({ path: 'nope' })}`)).status, 404)
    assert.equal((await call('GET', `/tree/commits${query({ path: 'README.md' })}`)).json.code, 'is-file')
    assert.equal((await call('GET', `/tree/commits${query({ ref: 'main^' })}`)).status, 404)
    assert.equal((await call('GET', `/blame${query({ path: 'nope' })}`)).status, 404)
    assert.equal((await call('GET', '/blame')).json.code, 'is-directory')
    assert.equal((await call('GET', `/blame${query({ ref: 'main^', path: 'README.md' })}`)).status, 404)
    assert.equal((await call('GET', `/commits${query({ cursor: 'bm90IGEgY3Vyc29y' })}`)).status, 422)
  })

  it('shows a commit and its files', async () => {
    const { json: commit } = await call('GET', `/commits/${head}`)
    assert.deepEqual([commit.oid, commit.proof, commit.parents.length], [head, null, 1])
    const { json: files } = await call('GET', `/commits/${head}/files`)
    assert.equal(files.fileCount, 3)
    const { json: patch } = await call('GET', `/commits/${head}/files/2`)
    assert.match(patch.patch, /\+x\r\n/)
    assert.equal((await call('GET', `/commits/${head}/files/3`)).status, 404)
    assert.equal((await call('GET', `/commits/${head}/files/-1`)).status, 422)
  })

  it('sends pages that were pushed as downloads only', async () => {
    for (const path of ['page.svg', 'naïve "file".html', 'script.js']) {
      const raw = await call('GET', `/raw${query({ ref: head, path })}`)
      assert.equal(raw.status, 200)
      assert.equal(raw.headers['content-security-policy'], "sandbox; default-src 'none'")
      assert.equal(raw.headers['x-content-type-options'], 'nosniff')
      assert.equal(raw.headers['content-type'], 'application/octet-stream')
      assert.match(String(raw.headers['content-disposition']), /^attachment; filename="/)
    }
    const { headers } = await call('GET', `/raw${query({ ref: head, path: 'naïve "file".html' })}`)
    assert.equal(
      headers['content-disposition'],
      `attachment; filename="na_ve _file_.html"; filename*=UTF-8''na%C3%AFve%20%22file%22.html`,
    )
    assert.equal((await call('GET', `/raw${query({ path: '' })}`)).json.code, 'is-directory')
  })

  it('sends archives that unpack below one folder', async () => {
    const archive = await call('GET', `/archive${query({ ref: 'feature/ünï', format: 'tar.gz' })}`)
    assert.equal(
      archive.headers['content-disposition'],
      `attachment; filename="ledger-feature-n-.tar.gz"; filename*=UTF-8''ledger-feature-n-.tar.gz`,
    )
    const folder = await mkdtemp(join(fixture.folder, 'archive-'))
    await writeFile(join(folder, 'a.tar.gz'), archive.bytes)
    const names = execFileSync('tar', ['tzf', join(folder, 'a.tar.gz')], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
      .toString()
      .trim()
      .split('\n')
    assert.equal(names.length, 5)
    assert.ok(names.every((name) => name.startsWith('ledger-feature-n-/')))
    assert.deepEqual((await call('GET', `/archive${query({ format: 'zip' })}`)).bytes.subarray(0, 2).toString(), 'PK')
    assert.equal((await call('GET', `/archive${query({ format: 'rar' })}`)).status, 422)
  })

  it('walks from a proposal by an agent’s token to the merge that only a person can tap', async () => {
    const wanted = {
      title: 'Add pages',
      description: 'Three of them.',
      sourceBranch: 'feature/ünï',
      targetBranch: 'main',
    }
    const opened = await call('POST', '/pull-requests', { as: token, body: wanted })
    assert.deepEqual(
      [opened.status, opened.json.number, opened.json.mergeability.state, opened.json.can.merge],
      [200, 1, 'not-allowed', false],
    )
    assert.equal((await call('POST', '/pull-requests', { as: token, body: wanted })).json.code, 'already-open')
    const { json: open } = await call('GET', '/branches')
    assert.deepEqual([open.items[1].openPullRequest, open.items[1].mergedPullRequest], [1, null])
    assert.equal((await call('GET', '/pull-requests/1/files')).json.fileCount, 3)
    assert.match((await call('GET', '/pull-requests/1/files/2')).json.patch, /\+x/)
    assert.deepEqual((await call('GET', '/pull-requests/1/commits')).json.items.length, 1)
    assert.equal(
      (await call('PATCH', '/pull-requests/1', { as: token, body: { title: 'Add three pages' } })).json.title,
      'Add three pages',
    )

    assert.deepEqual(
      (await call('POST', '/pull-requests/1/merge-preparation', { as: token, body: { method: 'merge' } })).json.code,
      'person-required',
    )
    assert.deepEqual(
      (await call('POST', '/pull-requests/1/merge', { as: token, body: { method: 'merge' } })).json.code,
      'person-required',
    )
    const asked = await call('POST', '/pull-requests/1/merge', { as: ana, body: { method: 'merge' } })
    assert.deepEqual([asked.status, asked.json.code], [401, 'seal-required'])
    const { sealRequestId } = asked.json
    assert.equal(
      (await call('GET', `/pull-requests/1/merge-preparation/files${query({ sealRequestId })}`)).json.fileCount,
      3,
    )
    assert.match(
      (await call('GET', `/pull-requests/1/merge-preparation/files/2${query({ sealRequestId })}`)).json.patch,
      /\+x/,
    )
    const seal = await ana.tap(sealRequestId)
    assert.equal(
      (await call('POST', '/pull-requests/1/merge', { as: token, body: { method: 'merge' }, seal })).status,
      403,
    )
    const merged = await call('POST', '/pull-requests/1/merge', { as: ana, body: { method: 'merge' }, seal })
    assert.equal(merged.status, 200)

    const { json: after } = await call('GET', '/pull-requests/1')
    assert.deepEqual([after.state, after.mergeProof.by.username, after.can.merge], ['merged', 'ana-lee', false])
    assert.equal((await call('GET', '/pull-requests/1/files')).json.fileCount, 3)
    const { json: left } = await call('GET', '/branches')
    assert.deepEqual([left.items[1].openPullRequest, left.items[1].mergedPullRequest], [null, 1])
    assert.equal((await call('GET', '/pull-requests')).json.items.length, 0)
    assert.equal((await call('GET', `/pull-requests${query({ state: 'merged' })}`)).json.items[0].number, 1)
    assert.equal((await call('GET', '/tree')).json.lastCommit.proof.state, 'proven')
    const { json: blame } = await call('GET', `/blame${query({ path: 'script.js' })}`)
    assert.deepEqual(
      [blame.ranges, blame.commits[0].changeOid, blame.changes],
      [
        [{ from: 1, lines: 1, oid: head }],
        merged.json.mergeOid,
        [{ oid: merged.json.mergeOid, pullRequest: 1, proof: after.mergeProof }],
      ],
    )
    const { json: instructions } = await call('GET', '/pull-requests/1/verify-instructions')
    assert.equal(instructions.stock.length, 2)
    assert.ok(instructions.stock[1].endsWith(`verify-commit ${merged.json.mergeOid}`))
  })

  it('says exactly what is wrong with a proposal', async () => {
    await repository.push('more', { more: '1' }, 'main')
    const wanted = { title: 'More', description: '', sourceBranch: 'more', targetBranch: 'main' }
    const refused: [Record<string, string>, number, string][] = [
      [{ sourceBranch: 'main' }, 422, 'invalid-input'],
      [{ sourceBranch: 'nope' }, 422, 'invalid-input'],
      [{ targetBranch: 'nope' }, 422, 'invalid-input'],
      [{ sourceBranch: 'more^' }, 422, 'invalid-input'],
      [{ sourceBranch: '--all' }, 422, 'invalid-input'],
      [{ title: '   ' }, 422, 'invalid-input'],
      [{ title: 'two\nlines' }, 422, 'invalid-input'],
      [{ title: 'x'.repeat(301) }, 422, 'invalid-input'],
      [{ sourceBranch: 'feature/ünï' }, 409, 'nothing-to-merge'],
    ]
    for (const [change, status, code] of refused) {
      const { json, status: got } = await call('POST', '/pull-requests', { as: ana, body: { ...wanted, ...change } })
      assert.deepEqual([got, json.code], [status, code], JSON.stringify(change))
    }
    assert.equal((await call('GET', '/pull-requests/999')).status, 404)
    assert.equal((await call('GET', '/pull-requests/0')).status, 422)
  })

  it('closes, reopens and deletes branches; a protected one stays', async () => {
    const wanted = { title: 'More', description: '', sourceBranch: 'more', targetBranch: 'main' }
    const { json: opened } = await call('POST', '/pull-requests', { as: ana, body: wanted })
    const path = `/pull-requests/${opened.number}`
    assert.equal((await call('POST', `${path}/close`, { as: ana, body: {} })).json.state, 'closed')
    assert.equal((await call('POST', `${path}/close`, { as: ana })).json.code, 'closed')
    assert.equal((await call('POST', `${path}/reopen`, { as: ana, body: {} })).json.state, 'open')
    assert.equal((await call('DELETE', '/branches/main')).status, 403)
    assert.equal((await call('DELETE', '/branches/more')).status, 204)
    assert.equal((await call('DELETE', '/branches/more')).status, 404)
    const { json: left } = await call('GET', path)
    assert.deepEqual(
      [left.mergeability.state, left.timeline.at(-1).sentence],
      ['source-missing', 'Ana-lee deleted the source branch of this'],
    )
    await call('POST', `${path}/close`, { as: ana, body: {} })
    assert.equal((await call('POST', `${path}/reopen`, { as: ana, body: {} })).json.code, 'source-missing')
    assert.equal((await call('GET', `${path}/files`)).json.fileCount, 1)
    await repository.push('feature/ünï', { later: '1' }, 'feature/ünï')
    const { items } = (await call('GET', '/branches')).json
    assert.equal(items[1].mergedPullRequest, null, 'what was pushed since is not merged')
  })

  it('strangers and people who are not signed in learn nothing', async () => {
    for (const path of [
      '/tree',
      // Known from before, and kept.
      '/tree/commits',
      '/blame?path=README.md',
      '/find/paths?q=script',
      '/find/lines?q=hello',
      '/commits',
      '/branches',
      '/raw',
      '/archive?format=zip',
      '/pull-requests',
      '/pull-requests/1',
      '/pull-requests/1/files',
    ]) {
      assert.deepEqual(
        [(await call('GET', path, { as: guest })).json.code, (await call('GET', path, {})).json.code],
        ['not-found', 'sign-in-required'],
        path,
      )
    }
    const reader = await fixture.addToken(ana.caller, ['repository:read'])
    assert.equal((await call('DELETE', '/branches/more', { as: reader })).status, 403)
    for (const isDraft of [true, false])
      assert.equal((await call('PATCH', '/pull-requests/1', { as: reader, body: { isDraft } })).status, 403)
  })

  it('gives the template of the target branch, where it is text that fits into a description', async () => {
    const none: DescriptionTemplate = { path: null, text: '' }
    const cases = new Map<string, DescriptionTemplate>()
    async function add(files: Record<string, string | Buffer>, expected = none, mode = '100644') {
      const branch = `template-${cases.size}`
      cases.set(branch, expected)
      await repository.git('checkout', '-q', '-B', branch, 'main')
      for (const [path, content] of Object.entries(files)) {
        await writeFile(join(repository.folder, 'content'), content)
        const oid = mode === '160000' ? head : await repository.git('hash-object', '-w', 'content')
        await repository.git('update-index', '--add', '--cacheinfo', `${mode},${oid},${path}`)
      }
      await repository.git('commit', '-q', '-m', branch)
    }
    for (const path of [
      'pull_request_template.md',
      '.github/PULL_REQUEST_TEMPLATE.md',
      'docs/Pull_Request_Template.MD',
    ])
      await add(
        { [path]: '\uFEFF## Why\r\n\r\n<!-- ünd wie? -->\r\n' },
        { path, text: '## Why\n\n<!-- ünd wie? -->\n' },
      )
    const name = 'pull_request_template.md'
    const inDocs = { [`docs/${name}`]: 'c' }
    await add({ ...inDocs, [name]: 'b', [`.github/${name}`]: 'a' }, { path: `.github/${name}`, text: 'a' })
    await add({ ...inDocs, [name]: 'b' }, { path: name, text: 'b' })
    for (const path of [`other/${name}`, `.github/x/${name}`, `${name}.txt`]) await add({ [path]: 'Elsewhere' })
    await add({ [name]: 'x'.repeat(50_000) }, { path: name, text: 'x'.repeat(50_000) })
    for (const content of ['x'.repeat(50_001), 'ü'.repeat(40_000), 'a\0b', Buffer.from([0x61, 0xff, 0x62])])
      await add({ [name]: content })
    await add({ [name]: '/etc/passwd' }, none, '120000')
    await add({ [name]: '' }, none, '160000')
    await repository.git('push', '-q', 'origin', 'refs/heads/template-*')
    cases.set('main', none)
    for (const [branch, expected] of cases) {
      const { status, json } = await call('GET', `/pull-request-template${query({ branch })}`)
      assert.equal(status, 200, JSON.stringify(json))
      assert.deepEqual(json, expected, branch)
    }

    for (const branch of ['gone', '', '-x', '../main', 'main^', 'refs/heads/main', '@', 'a\0b', head])
      assert.equal((await call('GET', `/pull-request-template${query({ branch })}`)).status, 404, branch)
    assert.equal((await call('GET', '/pull-request-template')).status, 422)
    const path = `/pull-request-template${query({ branch: 'main' })}`
    assert.equal((await call('GET', path, { as: guest })).status, 404)
    assert.equal((await call('GET', path, {})).status, 401)
  })
})

async function openApp(fixture: PullRequestFixture): Promise<App> {
  const { database, root, now, git, parts } = fixture
  const url = new URL(origin)
  const app = createApp({ url, trustedProxies: [], tls: undefined, log: { level: 'error' } })
  for (const name of ['caller', 'place', 'project'] as const) app.decorateRequest(name, undefined)
  app.decorateRequest('takeSeal', () => Promise.reject(new Error('no act here')))
  const authenticator = createAuthenticator({
    database,
    cookies: cookieNames(url),
    origin,
    policy: floorOnly,
    sources: [createTokenSource({ database, policy: floorOnly })],
    now,
  })
  const refuse: Guard = () => Promise.reject(new Error('not under test'))
  const guards = Object.entries(createRepositoryGuards({ db: database.read, root })).map(
    ([kind, guard]): [string, Guard] => [
      kind,
      async (request) => {
        request.caller = await authenticator.fromRequest(request)
        await guard(request)
      },
    ],
  )
  const access = {
    ...Object.fromEntries(accessKinds.map((kind) => [kind, refuse])),
    ...Object.fromEntries(guards),
  } as Record<Access, Guard>
  const act: Guard = (request) => (request.routeOptions.config.act === undefined ? Promise.resolve() : refuse(request))
  enforceAccess(app, { access, act })
  browseRoutes(app, { database, git, policy: floorOnly, now })
  downloadRoutes(app, { git })
  refRoutes(app, {
    database,
    git,
    policy: floorOnly,
    now,
    afterMove: (place, rows) => followBranches(parts, place, rows),
  })
  pullRequestRoutes(app, parts)
  return app
}
