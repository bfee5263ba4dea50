import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { SourceAttestation } from '../src/provenance/shapes.ts'
import type { ReviewMade, ReviewState, ThreadView } from '../src/pull-requests/review/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { BranchRule, firstRule } from '../src/repositories/branch-rule.ts'
import type { Id } from '../src/database/id.ts'
import { methodWords } from '../src/pull-requests/merge-methods.ts'
import { commitAs } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import type { WebhookMade } from '../src/webhooks/shapes.ts'
import { postern as command } from './support/command.ts'
import { until } from './support/git-remote.ts'
import { asPattern, readGuide } from './support/guide.ts'
import { requestOf, type RunningPush, startPush } from './support/held-push.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const run = promisify(execFile)
const guide = await readGuide('review.md')
const path = '/projects/payments/repositories/api'
const main = `${path}/protected-branches/main/rule`
const edge = `${path}/protected-branches/edge/rule`
const pull = (number: number): string => `${path}/pull-requests/${number}`

/** The page from top to bottom, by real git, curl, sh and openssl, as its readers would. */
describe('the guide about reviews', () => {
  let postern: StartedPostern
  let ana: Person
  let ben: Person
  let cleo: Person
  let work: string
  let tokens: { ana: string; ben: string; ci: string; robot: string }
  let rule: BranchRule
  let told: { webhook: Id<'whk'>; before: Id<'evt'>[] }

  before(async () => {
    postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.1'] })
    ana = await postern.owner()
    ben = await postern.join(ana, 'ben')
    cleo = await postern.join(ana, 'cleo', 'admin')
    await ana.act('POST', '/groups', { name: 'finance', description: '' })
    await ana.act('PUT', '/groups/finance/members/ben', {})
    await ana.call('POST', '/projects', { name: 'payments', description: '' })
    await ana.call('POST', '/projects/payments/repositories', { name: 'api', description: '' })
    await ana.act('PUT', `${path}/members/user/ben`, { role: 'write' })
    await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
    await ana.act('PUT', `${path}/members/user/robot`, { role: 'write' })
    const { secret: robot } = await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', {
      name: 'robot',
      scopes: ['repository:write'],
      repositoryIds: null,
      expiresInDays: 1,
    })
    tokens = {
      ana: await ana.makeToken('laptop'),
      ben: await ben.makeToken('laptop'),
      ci: await ana.makeToken('ci', ['status:write']),
      robot,
    }
    work = join(postern.folder, 'api')
    await mkdir(join(work, 'fees'), { recursive: true })
    await sh(
      'git init --quiet --initial-branch=main . && git remote add origin https://git.example.com/payments/api.git',
    )
    await writeFile(join(work, 'CODEOWNERS'), guide.blocks('Code owners', 'text')[0])
    await commit('Start', 'standard 3\nexpress 4\n')
    await sh('git push --quiet origin main')
    // Nobody is there: what waits to be sent is looked at, at the end.
    const wish = { url: 'http://127.0.0.1:65535/', events: ['*'] }
    const { webhook } = await ana.act<WebhookMade>('POST', `${path}/webhooks`, wish)
    told = { webhook: webhook.id as Id<'whk'>, before: (await listEvents()).map(({ id }) => id) }
  })
  after(() => postern[Symbol.asyncDispose]())

  /** What the ledger has of the one repository there is. */
  const listEvents = () =>
    postern.postern.ceremonies.database.read
      .selectFrom('auditEvent')
      .select(['id', 'action'])
      .where('repositoryId', 'is not', null)
      .execute()
  /** What a block of the page says, where its reader's repository is. */
  async function sh(script: string, { token = tokens.ana, args = [] as string[], folder = work } = {}) {
    const basic = Buffer.from(`git:${token}`).toString('base64')
    const { stdout } = await run(
      'sh',
      ['-euc', script.replaceAll('https://git.example.com', postern.origin), 'sh', ...args],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          HOME: postern.folder,
          TOKEN: token,
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: 'http.extraHeader',
          GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
          ...commitAs('Ana', 'ana@example.com', Date.now()),
        },
      },
    )
    return stdout.trim()
  }
  async function commit(subject: string, fees: string): Promise<string> {
    await writeFile(join(work, 'fees', 'rates.txt'), fees)
    await sh(`git add --all && git commit --quiet --message '${subject}'`)
    return sh('git rev-parse HEAD')
  }
  /** Begins at what main is now. */
  const begin = (branch: string) => sh(`git fetch --quiet && git switch --quiet --create ${branch} origin/main`)
  /** The command of a console block, and the lines it shows. */
  function shown(heading: string): { words: string[]; lines: string[] } {
    const [typed = '', ...lines] = guide.blocks(heading, 'console')[0].trim().split('\n')
    return { words: typed.replace(/^\$ /, '').split(' '), lines }
  }
  function assertShows(screen: string, lines: readonly string[]): void {
    let rest = screen
    for (const line of lines) {
      const found = asPattern(line.replaceAll('https://git.example.com', postern.origin)).exec(rest)
      assert.ok(found, `${line}\nis not in\n${rest}`)
      rest = rest.slice(found.index + found[0].length)
    }
  }
  const push = (words: readonly string[]): RunningPush => startPush(work, tokens.ana, words.slice(2))
  const look = (number: number) => ana.call<PullRequestView>('GET', pull(number))
  const review = (number: number) => ana.call<ReviewState>('GET', `${pull(number)}/review`)
  async function approve(person: Person, number: number): Promise<void> {
    const { headOid } = await look(number)
    const body = { verdict: 'approved', body: '', headOid }
    const { sealRequest } = await person.call<ReviewMade>('POST', `${pull(number)}/reviews`, body)
    await person.tap(sealRequest?.id ?? '')
  }
  /** The request with this title in somebody's inbox, once it is there. */
  async function waiting(person: Person, title: RegExp): Promise<string> {
    const found = await until(
      async () => {
        const { items } = await person.call<{ items: { id: string; title: string }[] }>('GET', '/inbox')
        return items.find((item) => title.test(item.title))
      },
      (item) => item !== undefined,
    )
    return found?.id ?? ''
  }
  const withStatus = (args: string[]) => sh(guide.blocks('Required checks', 'sh')[1] ?? '', { token: tokens.ci, args })

  test('propose: one option opens the pull request, and says so', async () => {
    await begin('fee')
    await commit('Round the fee once', 'standard 3\nexpress 3.51\n')
    const { words, lines } = shown('Propose')
    const { code, screen } = await push(words).ended
    assert.equal(code, 0, screen)
    assertShows(screen, lines)
    assert.equal((await look(1)).title, 'Round the fee once')
  })

  test('suggest: what is suggested is one commit away', async () => {
    const { headOid } = await look(1)
    const [body] = guide.blocks('Comment and suggest', 'md')
    const thread = { body, isDraft: false, path: 'fees/rates.txt', side: 'head', line: 2, headOid }
    const { id, comments } = await ben.call<ThreadView>('POST', `${pull(1)}/threads`, thread)
    const { oid } = await ana.call<{ oid: string }>('POST', `${pull(1)}/comments/${comments[0]?.id}/apply`, {})
    await sh('git fetch --quiet && git merge --quiet --ff-only origin/ana/round-the-fee-once')
    assert.equal(await sh('git rev-parse HEAD'), oid)
    assert.equal(await readFile(join(work, 'fees/rates.txt'), 'utf8'), 'standard 3\nexpress 3.5\n')
    assert.equal(await sh("git log -1 --format='%an, %cn'"), 'Ben Example, Ana Example')
    const { threads } = await review(1)
    assert.equal(threads.find((each) => each.id === id)?.resolvedBy?.username, 'ana')
  })

  test('approve: a program asks, the person taps', async () => {
    const [script] = guide.blocks('Approve with a tap', 'sh')
    const made = JSON.parse(await sh(script, { token: tokens.ben })) as ReviewMade
    assert.equal(made.review, null)
    assert.equal(await waiting(ben, /^Approve payments\/api#1 /), made.sealRequest?.id)
    assert.deepEqual(
      made.sealRequest?.facts.rows.map(({ label }) => label).filter((label) => /Head|Seen|What/.test(label)),
      ['Head', 'Seen from', 'What changes'],
    )
    await ben.tap(made.sealRequest?.id ?? '')
    const [approval] = (await review(1)).reviews
    assert.deepEqual([approval?.reviewer.username, approval?.counts], ['ben', true])
    assert.match((await refused(approve(ana, 1), 403, 'not-allowed')).title, /^You cannot approve your own work/)
  })

  test('approve: the page names every reason for which one does not count', async () => {
    const source = await readSource('src/pull-requests/review/')
    const [refusalOf = ''] = /function refusalOf\(review: ReviewFacts[^]*?\n}\n/.exec(source) ?? []
    const said = [...refusalOf.matchAll(/return ['`]([^'`]+)['`]/g)].map(([, sentence]) => sentence)
    assert.deepEqual(new Set(guide.rows('it says').map(([sentence]) => sentence)), new Set(said))
  })

  test('what a branch asks: the rule can be put as it stands, and the page names each part', async () => {
    const { items: groups } = await ana.call<{ items: { id: string; name: string }[] }>('GET', '/groups')
    const { items: own } = await ana.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
    rule = JSON.parse(
      guide
        .blocks('What a branch asks', 'json')[0]
        .replace('grp_…', groups.find(({ name }) => name === 'finance')?.id ?? '')
        .replace('tok_…', own.find(({ name }) => name === 'ci')?.id ?? ''),
    ) as BranchRule
    await ana.act('PUT', main, rule)
    const now = await ana.call<{ rule: BranchRule; codeOwners: { path: string; problems: string[] } }>('GET', main)
    assert.deepEqual(now.rule, rule)
    assert.deepEqual(now.codeOwners, { path: 'CODEOWNERS', problems: [] })

    const parts = guide.rows('part').map(([part = '', , atFirst = '']) => [bare(part), bare(atFirst)])
    const first = Object.entries(firstRule).map(([part, value]) => [part, JSON.stringify(value)])
    assert.deepEqual(Object.fromEntries(parts), Object.fromEntries(first))
    assert.deepEqual(Object.keys(rule).toSorted(), Object.keys(BranchRule.properties).toSorted())
    assert.deepEqual(
      guide.rows('way').map(([way = '']) => bare(way)),
      Object.keys(methodWords),
    )
    await refused(ana.act('PUT', main, { ...rule, linearHistory: true }), 422, 'invalid-input')
  })

  test('required checks: curl and the script report, and the rule hears them', async () => {
    const prepare = () => ana.call('POST', `${pull(1)}/merge-preparation`, { method: 'merge' })
    const check = async () => (await look(1)).checks.find(({ name }) => name === 'build')
    assert.match((await refused(prepare(), 409, 'not-ready')).detail ?? '', /build/)
    await assert.rejects(withStatus(['build', 'false']))
    assert.equal((await check())?.status?.state, 'failure')
    await refused(prepare(), 409, 'not-ready')
    assert.equal(await withStatus(['build', 'sh', '-c', 'echo "token: ${TOKEN-none}"']), 'token: none')
    assert.equal((await check())?.status?.state, 'success')
    const [curl] = guide.blocks('Required checks', 'sh')
    const said = JSON.parse(await sh(curl, { token: tokens.ci })) as { description: string; targetUrl: string }
    assert.deepEqual([said.description, said.targetUrl], ['in 3 s', 'https://ci.example.com/42'])
    await assert.rejects(sh(curl, { token: tokens.ben }), /403/)
    assert.equal((await check())?.whyNot, null)
  })

  test('where it is proven: two people, by postern verify and by stock openssl', async () => {
    assert.equal((await look(1)).mergeability.state, 'ready')
    const { mergeOid } = await ana.act<{ mergeOid: string }>('POST', `${pull(1)}/merge`, { method: 'merge' })
    const clone = join(postern.folder, 'clone')
    await sh(`git clone --quiet https://git.example.com/payments/api.git ${clone}`)
    const [verify, check] = guide.blocks('Where it is proven', 'sh')
    const level = await sh(check ?? '', { folder: clone })
    assert.match(level, /Signature Verified Successfully/)
    assert.match(level, /SLSA_SOURCE_LEVEL_4$/)
    const words = verify.trim().replace('npm run postern -- ', '').replace('path/to/clone', clone).split(' ')
    const report = await command(words)
    assert.equal(report.code, 0, report.stdout + report.stderr)
    const { items } = await ana.call<{ items: SourceAttestation[] }>('GET', `${path}/commits/${mergeOid}/attestations`)
    const { payload } = items[0]?.summary ?? { payload: '' }
    assert.equal(await readFile(join(clone, 'payload.json'), 'utf8'), Buffer.from(payload, 'base64').toString())
    const { publicKeyPem } = await ana.call<{ publicKeyPem: string }>('GET', '/source-attestations/key')
    assert.equal((await readFile(join(clone, 'key.pem'), 'utf8')).trim(), publicKeyPem.trim())
  })

  test('push with a tap: the terminal shows what the page shows, and each ending has its line', async () => {
    await sh('git fetch --quiet && git push --quiet origin origin/main:refs/heads/edge')
    await ana.act('POST', `${path}/protected-branches`, { branch: 'edge' })
    await begin('edge-work')
    await commit('Try something', 'standard 2\nexpress 3.5\n')
    const { words, lines } = shown('Push to it with a tap')
    const tap = { ...firstRule, push: 'tap' as const }
    await refused(ana.act('PUT', edge, tap), 422, 'invalid-input')
    const open = { ...tap, stockVerifiableOnly: false }
    await refused(ana.act('PUT', edge, { ...open, approvals: 1, agentApprovals: 1 }), 422, 'invalid-input')
    await ana.act('PUT', edge, open)
    const refusedPush = push(words)
    await ana.call('POST', `/seal-requests/${(await requestOf(refusedPush, ana)).id}/refuse`)
    assert.match((await refusedPush.ended).screen, /Refused on the page where you were to tap\./)
    const tapped = push(words)
    await ana.tap((await requestOf(tapped, ana)).id)
    const { code, screen } = await tapped.ended
    assert.equal(code, 0, screen)
    assertShows(screen, lines)

    const source = await readSource('src/repositories/', 'src/seals/')
    for (const [, cell = ''] of guide.rows('what happened')) {
      const line = /`([^`]+)`/.exec(cell)?.[1] ?? ''
      for (const sentence of line.match(/[^.]+\./g) ?? [line])
        assert.ok(source.includes(sentence.trim().replace('edge', '…').replace('120', '…')), sentence)
    }
  })

  test('an agent proposes; it does not approve, and its work takes more people', async () => {
    await begin('by-robot')
    await commit('Fix what the robot saw', 'standard 3\nexpress 3.4\n')
    await sh(guide.blocks('Agents', 'sh')[0], { token: tokens.robot })
    const { author, headOid, mergeability } = await look(2)
    assert.equal(author.username, 'robot')
    assert.match(
      mergeability.checks.map(({ label }) => label).join('\n'),
      /^2 people must have approved, as a program/m,
    )
    const verdict = { verdict: 'approved', body: '', headOid }
    const robot = { authorization: `Bearer ${tokens.robot}` }
    await refused(postern.stranger().call('POST', `${pull(2)}/reviews`, verdict, robot), 403, 'not-allowed')
    assert.match((await refused(approve(ana, 2), 403, 'not-allowed')).title, /own/)
  })

  test('merge when ready: asked for by a program, tapped when nothing else is missing', async () => {
    await sh(guide.blocks('Merge when ready', 'sh')[0])
    assert.equal((await look(2)).autoMerge?.by.username, 'ana')
    await withStatus(['build', 'true'])
    await approve(cleo, 2)
    await approve(ben, 2)
    await ana.tap(await waiting(ana, /payments\/api#2 /))
    const { state, mergeMethod } = await look(2)
    assert.deepEqual([state, mergeMethod], ['merged', 'squash'])
  })

  test('past the rule: the commit says so to stock git, and a second person looks', async () => {
    await begin('urgent')
    await commit('Charge nobody', 'standard 0\nexpress 0\n')
    const { code, screen } = await push(shown('Propose').words).ended
    assert.equal(code, 0, screen)
    const { words, lines } = shown('Past the rule')
    const reason = guide.blocks('Past the rule', 'console')[0].trim().split(': ').at(-1)
    const body = { method: 'merge', bypass: { reason } }
    await refused(ben.act('POST', `${pull(3)}/merge`, body), 403, 'not-allowed')
    await refused(ana.act('POST', `${pull(3)}/merge`, { ...body, method: 'rebase' }), 409, 'method-refused')
    await ana.act('POST', `${pull(3)}/merge`, body)
    assertShows(await sh(`git fetch --quiet\n${words.join(' ')}`), lines)
    await refused(ana.call('POST', `${pull(3)}/confirmation`, {}), 403, 'not-allowed')
    const { sealRequestId } = await cleo.call<{ sealRequestId: string }>('POST', `${pull(3)}/confirmation`, {})
    await cleo.tap(sealRequestId)
    assert.equal((await look(3)).bypass?.confirmedBy?.username, 'cleo')
  })

  test('a webhook is told every event of all of this, once', async () => {
    const events = (await listEvents()).filter(({ id }) => !told.before.includes(id))
    const deliveries = await postern.postern.ceremonies.database.read
      .selectFrom('webhookDelivery')
      .select('body')
      .where('webhookId', '=', told.webhook)
      .execute()
    const bodies = deliveries.map(({ body }) => JSON.parse(body) as { type: string; data: { event: string } })
    assert.deepEqual(
      bodies.map(({ type, data }) => `${data.event} ${type}`).toSorted(),
      events.map(({ id, action }) => `${id} ${action}`).toSorted(),
    )
    assert.ok(new Set(bodies.map(({ type }) => type)).size > 15)
  })
})

const bare = (cell: string): string => cell.replaceAll('`', '')

/** The sources in these folders, with what a template puts in written as the page writes it. */
async function readSource(...folders: string[]): Promise<string> {
  const texts = folders.map(async (folder) => {
    const at = join(import.meta.dirname, '..', folder)
    const names = (await readdir(at)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    return Promise.all(names.map((name) => readFile(join(at, name), 'utf8')))
  })
  return (await Promise.all(texts))
    .flat()
    .join('\n')
    .replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '…')
}
