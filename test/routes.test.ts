import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ApplicationView } from '../src/applications/shapes.ts'
import { listenForAdmin } from '../src/commands/admin-socket.ts'
import { loadConfig } from '../src/config.ts'
import type { Explanation, RuleCounts } from '../src/guardrails/shapes.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { RouteStateView } from '../src/proxy/routes/shapes.ts'
import { Person } from '../src/walk/person.ts'
import { postern as command } from './support/command.ts'
import { readPolicy, setRules } from './support/guardrails.ts'
import { startEcho, type EchoUpstream } from './support/echo-upstream.ts'
import { makeRoute } from './support/make-route.ts'
import { rawRequest } from './support/raw-request.ts'
import { refused } from './support/refusal.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const board =
  'routes:\n  board:\n    name: The board\n    host: board.localhost\n    upstream: postern:who\n    audience: members\n'

for (const store of eitherStore)
  describe(`routes on ${store.name}`, () => {
    let folder: string
    let file: string
    let postern: StartedPostern
    let echo: EchoUpstream
    let ana: Person
    let ben: Person
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'postern-routes-'))
      file = join(folder, 'routes.yaml')
      await writeFile(file, board)
      echo = await startEcho()
      postern = await startPostern({ flags: [...(await store.flags()), '--routes', file] })
      ana = await postern.owner('ana')
      ben = await postern.join(ana, 'ben')
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await echo[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    })
    const at = (slug: string): string => postern.origin.replace('localhost', `${slug}.localhost`)
    const wanted = (slug: string, settings: object) => ({
      kind: 'route',
      slug,
      name: slug,
      description: '',
      recipe: null,
      launchUrl: null,
      audience: 'everyone',
      groups: [],
      strength: null,
      settings,
    })
    /** Replaces the file as editors do, and waits until it counts. */
    const write = async (text: string, until: () => Promise<boolean>): Promise<void> => {
      await writeFile(`${file}.new`, text)
      await rename(`${file}.new`, file)
      while (!(await until())) await new Promise(setImmediate)
    }
    const attention = async (person: Person): Promise<string[]> => {
      const home = await person.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
      return home.attention.filter(({ kind }) => kind === 'routes-file').map(({ text }) => text)
    }
    const gauge = async (): Promise<string> => {
      const host = new URL(postern.origin).host
      const { body } = await rawRequest(postern.origin, { path: '/metrics', headers: { host } })
      return /^postern_routes_file_problems (\d+)$/m.exec(body)?.[1] ?? ''
    }

    test('a route is made by an administrator’s tap, which names where it leads', async () => {
      const settings = { host: 'Wiki.localhost', upstream: echo.url, identityHeaders: { 'Remote-User': 'username' } }
      await refused(ben.act('POST', '/applications', wanted('wiki', settings)), 403, 'not-allowed')
      await refused(ana.call('POST', '/applications', wanted('wiki', settings)), 401, 'seal-required')
      await makeRoute(ana, 'wiki', { upstream: echo.url, identityHeaders: { 'Remote-User': 'username' } })
      const view = await ana.call<ApplicationView>('GET', '/applications/wiki')
      assert.equal(view.opensAt, `${at('wiki')}/`)
      assert.equal((view.settings as { host: string }).host, 'wiki.localhost')
      const told = await new RouteBrowser(ben).visit(`${at('wiki')}/page`)
      assert.equal((JSON.parse(told.body) as { headers: Record<string, string> }).headers['remote-user'], 'ben')
      const health = await ana.call<RouteStateView>('GET', '/applications/wiki/route')
      assert.deepEqual([health.address, health.state, health.problem], [at('wiki'), 'up', null])
      await refused(ben.call('GET', '/applications/wiki/route'), 403, 'not-allowed')
    })

    test('what cannot be a route is refused before anybody taps, at its field', async () => {
      for (const [settings, field] of [
        [{ host: 'localhost', upstream: echo.url }, 'settings.host'],
        [{ host: 'wiki.example.com', upstream: echo.url }, 'settings.host'],
        [{ host: 'x.localhost', upstream: postern.origin }, 'settings.upstream'],
        [{ host: 'x.localhost', upstream: 'file:///etc/passwd' }, 'settings.upstream'],
        [
          { host: 'x.localhost', upstream: echo.url, identityHeaders: { Cookie: 'username' } },
          'settings.identityHeaders.Cookie',
        ],
        [
          { host: 'x.localhost', upstream: echo.url, rules: [{ title: 'A', groups: ['none'] }] },
          'settings.rules.0.groups',
        ],
      ] as const) {
        const problem = await refused(ana.call('POST', '/applications', wanted('xy', settings)), 422, 'invalid-input')
        const { fields } = problem as { fields?: object }
        assert.deepEqual(Object.keys(fields ?? {}), [field])
      }
      const taken = wanted('xy', { host: 'wiki.localhost', upstream: echo.url })
      await refused(ana.call('POST', '/applications', taken), 409, 'host-taken')
    })

    test('a page that the server brings shows who came, and checks the signature itself', async () => {
      const browser = new RouteBrowser(ben)
      const shown = await browser.visit(`${at('board')}/`)
      assert.equal(shown.status, 200)
      assert.match(shown.body, /<h1>You are Ben Example<\/h1>/)
      assert.match(shown.body, /Signed by Postern, and checked/)
      const told = await browser.ask(`${at('board')}/`, { headers: { accept: 'application/json' } })
      const { claims } = JSON.parse(told.body) as { claims: Record<string, unknown> }
      assert.deepEqual([claims['preferred_username'], claims['aud']], ['ben', at('board')])
    })

    test('what stands in the file is changed there and nowhere else', async () => {
      const view = await ana.call<ApplicationView>('GET', '/applications/board')
      assert.match(view.keptElsewhere ?? '', /routes\.yaml/)
      await refused(ana.call('PATCH', '/applications/board', { name: 'Mine' }), 409, 'kept-elsewhere')
      await refused(ana.call('DELETE', '/applications/board'), 409, 'kept-elsewhere')
    })

    test('whoever has the machine sees what leads where, and tries a file on what the server knows', async () => {
      const data = ['--data', join(postern.folder, 'data')]
      await using undo = new AsyncDisposableStack()
      undo.defer(await listenForAdmin(loadConfig(data, {}), postern.postern))
      const { stdout } = await command(['admin', 'routes', 'list', ...data])
      assert.match(stdout, /^board\.localhost +postern:who +board \(file\)$/m)
      assert.match(stdout, new RegExp(`^wiki\\.localhost +${echo.url} +wiki$`, 'm'))
      const proposed = `${file}.proposed`
      const check = async (text: string): Promise<string> => {
        await writeFile(proposed, text)
        const { code, stderr } = await command(['admin', 'routes', 'check', proposed, '--url', postern.origin, ...data])
        assert.equal(code, 1)
        return stderr
      }
      assert.match(
        await check(board.replace('audience: members', 'groups: [nobody]')),
        /:6: board: .*no group nobody\./,
      )
      assert.match(await check(board.replace('board.l', 'wiki.l')), /:2: board: Another tool .* at wiki\.localhost/)
      // Nothing of it counts.
      assert.equal((await new RouteBrowser(ben).visit(`${at('board')}/`)).status, 200)
    })

    test('a group of the file that is gone is told loudly, and one of its name made anew is joined by itself', async () => {
      const makeCrew = async (): Promise<void> => {
        await ana.act('POST', '/groups', { name: 'crew', description: '' })
        await ana.act('PUT', '/groups/crew/members/ben', {})
      }
      const opens = async (): Promise<boolean> =>
        (await new RouteBrowser(ben).visit(`${at('board')}/`)).url.startsWith(at('board'))
      await makeCrew()
      await write(board.replace('audience: members', 'groups: [crew]'), async () => {
        const { audience } = await ana.call<ApplicationView>('GET', '/applications/board')
        return audience === 'groups'
      })
      assert.ok(await opens())
      await ana.act('DELETE', '/groups/crew')
      while ((await attention(ana)).length === 0) await new Promise(setImmediate)
      assert.match((await attention(ana))[0] ?? '', /crew/)
      assert.ok(!(await opens()))
      await makeCrew()
      while (!(await opens())) await new Promise(setImmediate)
      assert.deepEqual(await attention(ana), [])
      await write(board, async () => {
        const { audience } = await ana.call<ApplicationView>('GET', '/applications/board')
        return audience === 'members'
      })
    })

    test('a file that breaks is not followed, loudly, and what stood in it before stays', async () => {
      const browser = new RouteBrowser(ben)
      assert.equal((await browser.visit(`${at('board')}/`)).status, 200)
      await write(`${board}  wiki2: [\n`, async () => (await attention(ana)).length === 1)
      assert.match((await attention(ana))[0] ?? '', /is not followed, .* Line \d+: This is not YAML/)
      assert.deepEqual(await attention(ben), [], 'it is not for everybody')
      assert.equal(await gauge(), '1')
      const checked = await command(['admin', 'routes', 'check', file, '--url', postern.origin])
      assert.equal(checked.code, 1)
      assert.match(checked.stderr, /routes\.yaml:\d+: This is not YAML/)
      assert.equal((await browser.visit(`${at('board')}/`)).status, 200)
    })

    test('mended it counts again; what is gone from it ends, its browsers and all, and the ledger says so', async () => {
      const browser = new RouteBrowser(ben)
      assert.equal((await browser.visit(`${at('board')}/`)).status, 200)
      const isThere = async (slug: string): Promise<boolean> =>
        (await ana.fetch('GET', `/applications/${slug}`)).status === 200
      await write(board.replace('board:', 'kanban:').replace('The board', 'Kanban'), async () => isThere('kanban'))
      assert.deepEqual([await attention(ana), await gauge(), await isThere('board')], [[], '0', false])
      assert.equal((await browser.ask(`${at('board')}/`)).status, 401, 'what was held there was for another tool')
      await write('routes: {}\n', async () => !(await isThere('kanban')))
      while ((await browser.ask(`${at('board')}/`)).status !== 421) await new Promise(setImmediate)
      const { items } = await ana.call<{ items: { action: string; sentence: string }[] }>('GET', '/audit?q=Kanban')
      assert.ok(items.some(({ action }) => action === 'application.ended'))
    })

    test('a guardrail about parts of one tool holds there and nowhere else, and is explained before', async () => {
      const rule: Rule = {
        id: 'wiki-admin',
        title: 'Hardware keys to administer the wiki',
        mode: 'enforce',
        who: ['everyone'],
        does: ['application.use'],
        where: { applications: ['wiki'], paths: ['/admin*'], methods: ['GET', 'POST'] },
        requires: { strength: 'attested' },
      }
      const { policy } = await readPolicy(ana)
      const unknown = { ...rule, where: { applications: ['nothing'] } }
      const wrong = await ana.call<Explanation>('POST', '/policy/explain', { policy: { ...policy, rules: [unknown] } })
      assert.match(wrong.problems[0]?.message ?? '', /no application with the short name nothing/)
      const { people, problems } = await ana.call<Explanation>('POST', '/policy/explain', {
        policy: { ...policy, rules: [rule] },
      })
      assert.deepEqual(problems, [])
      assert.equal(people.limited, 2)
      assert.match(people.items[0]?.sentence ?? '', /to open wiki/)

      const browser = new RouteBrowser(ben)
      assert.equal((await browser.visit(`${at('wiki')}/admin`)).status, 200)
      await setRules(ana, [rule])
      const json = { headers: { accept: 'application/json' } }
      const status = async (path: string): Promise<number> => (await browser.ask(`${at('wiki')}${path}`, json)).status
      while ((await status('/admin/users')) === 200) await new Promise(setImmediate)
      const { body } = await browser.ask(`${at('wiki')}/admin/users`, json)
      assert.match(body, /Hardware keys to administer the wiki/)
      assert.equal((await browser.ask(`${at('wiki')}/admin`, { method: 'HEAD', ...json })).status, 401, 'HEAD is GET')
      assert.equal((await browser.ask(`${at('wiki')}/admin`, { method: 'DELETE', ...json })).status, 200)
      assert.equal(await status('/page'), 200)
      await setRules(ana, [])
    })

    test('a rule about tools that only reports is counted, and a draft of it is tried on who came in', async () => {
      const rule: Rule = {
        id: 'wiki-hardware',
        title: 'Hardware keys for the wiki',
        mode: 'report',
        who: ['everyone'],
        does: ['application.use'],
        where: { applications: ['wiki'], paths: ['/plans*'] },
        requires: { strength: 'attested' },
      }
      await setRules(ana, [rule])
      assert.equal((await new RouteBrowser(ben).visit(`${at('wiki')}/plans/1`)).status, 200)
      assert.equal((await new RouteBrowser(ben).visit(`${at('wiki')}/other`)).status, 200)
      const counts = await ana.call<RuleCounts>('GET', '/policy/counts')
      assert.deepEqual(counts.items, [{ rule: 'wiki-hardware', reported: 1, refused: 0 }])
      const { policy } = await readPolicy(ana)
      const draft = { ...policy, rules: [{ ...rule, mode: 'enforce' as const }] }
      const { replay } = await ana.call<Explanation>('POST', '/policy/explain', { policy: draft })
      const used = replay.rows.filter(({ act }) => act === 'application.use')
      assert.deepEqual(used.at(0)?.rule, { id: rule.id, title: rule.title })
      assert.deepEqual(
        used.map(({ outcome, changed }) => [outcome, changed]),
        [
          ['step-up', 1],
          ['allow', 0],
        ],
      )
      await setRules(ana, [])
    })

    test('a rule of the route itself asks for groups and newer taps in parts of it', async () => {
      await ana.act('POST', '/groups', { name: 'operations', description: '' })
      const rules = [{ title: 'Operations alone', paths: ['/ops*'], groups: ['operations'] }]
      await makeRoute(ana, 'tools', { upstream: echo.url, rules })
      const browser = new RouteBrowser(ben)
      assert.equal((await browser.visit(`${at('tools')}/`)).status, 200)
      const answer = await browser.visit(`${at('tools')}/ops/1`)
      assert.equal(answer.status, 403)
      assert.match(answer.body, /Operations alone/)
      await ana.act('PUT', '/groups/operations/members/ben', {})
      while ((await browser.visit(`${at('tools')}/ops/1`)).status !== 200) await new Promise(setImmediate)
      // A directory could bring another of that name, and let in whom it wants.
      await assert.rejects(ana.act('DELETE', '/groups/operations'), /A rule of .* names this group/)
      await ana.act('PATCH', '/applications/tools', { settings: { host: 'tools.localhost', upstream: echo.url } })
      await ana.act('DELETE', '/groups/operations')
    })
  })
