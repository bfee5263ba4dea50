import assert from 'node:assert/strict'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { listApplications } from '../../applications/application.ts'
import { loadConfig } from '../../config.ts'
import type { Database } from '../../database/handles.ts'
import { openDatabase } from '../../database/open.ts'
import { findTaken } from './find-taken.ts'
import { followRoutesFile, type RoutesFile } from './follow-routes-file.ts'
import { createRoutes } from './load-routes.ts'
import { showRoutes } from './operator.ts'
import { type FileProblem, parseRoutesFile } from './parse-routes-file.ts'
import { createRouteKind } from './route-kind.ts'

const surroundings = { site: { origin: 'http://localhost:7400', rpId: 'localhost', port: 7400 } }
const route = (slug: string, more = ''): string =>
  `  ${slug}:\n    host: ${slug}.localhost\n    upstream: http://127.0.0.1:8080\n    audience: everyone\n${more}`

let folder: string
let path: string
let database: Database
let ended: string[] = []
const kind = createRouteKind({
  ...surroundings,
  source: 'file',
  hasFile: true,
  tell: async () => [],
  endUse: async (_tx, { slug }) => void ended.push(slug),
})
let told: (readonly FileProblem[])[] = []
let file: RoutesFile

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-routes-'))
  path = join(folder, 'routes.yaml')
  database = await openDatabase(loadConfig(['--data', folder], {}).databaseUrl)
})
after(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})
const follow = (): RoutesFile =>
  followRoutesFile({
    path,
    database,
    kind,
    surroundings,
    now: Date.now,
    onState: (problems) => void told.push(problems),
  })
beforeEach(async () => {
  file = follow()
  await say('routes: {}\n')
  told = []
  ended = []
})

const say = async (text: string): Promise<void> => {
  await writeFile(path, text)
  await file.look()
}
const hosts = async (): Promise<string[]> =>
  (await database.read.selectFrom('proxyRoute').select('host').orderBy('host').execute()).map(({ host }) => host)

test('what stands in the file is what there is', async () => {
  await say(`routes:\n${route('wiki')}${route('board')}`)
  assert.deepEqual(await hosts(), ['board.localhost', 'wiki.localhost'])
  await say(`routes:\n${route('board', '    name: The board\n')}`)
  assert.deepEqual(await hosts(), ['board.localhost'])
  assert.deepEqual(
    (await listApplications(database.read)).map(({ slug, name }) => [slug, name]),
    [['board', 'The board']],
  )
  assert.deepEqual(ended, ['wiki'], 'what people held on its host is gone with it')
  assert.deepEqual(told, [])
})

test('a broken file changes nothing, is told of once, and counts again once it is mended', async () => {
  await say(`routes:\n${route('wiki')}`)
  for (let times = 0; times < 3; times += 1) await say(`routes:\n${route('wiki')}  board: [\n`)
  assert.equal(told.length, 1)
  assert.match(told[0]?.[0]?.message ?? '', /This is not YAML/)
  assert.equal(file.problems().length, 1)
  assert.deepEqual(await hosts(), ['wiki.localhost'])
  await say(`routes:\n${route('wiki')}${route('board')}`)
  assert.deepEqual(file.problems(), [])
  assert.deepEqual(await hosts(), ['board.localhost', 'wiki.localhost'])
})

test('a server that starts while the file is broken goes on with what stood in it, as loudly', async () => {
  await say(`routes:\n${route('wiki')}`)
  await writeFile(path, `routes:\n${route('wiki')}  board: [\n`)
  const next = follow()
  await next.look()
  assert.deepEqual([await hosts(), next.problems().length, told.length], [['wiki.localhost'], 1, 1])
  assert.deepEqual(ended, [])
})

test('one bad route keeps the good ones beside it out too', async () => {
  await say(`routes:\n${route('wiki')}${route('board').replace('board.localhost', 'board.example.com')}`)
  assert.deepEqual(await hosts(), [])
  assert.equal(file.problems()[0]?.line, 7)
})

test('a file that is gone, emptied or replaced by another ends nothing until it says so', async () => {
  await say(`routes:\n${route('wiki')}`)
  await rename(path, `${path}~`)
  await file.look()
  assert.match(file.problems()[0]?.message ?? '', /cannot be read/)
  await say('')
  assert.match(file.problems()[0]?.message ?? '', /empty/)
  assert.deepEqual(await hosts(), ['wiki.localhost'])
  await writeFile(`${path}.new`, `routes:\n${route('board')}`)
  await rename(`${path}.new`, path)
  await file.look()
  assert.deepEqual([await hosts(), file.problems()], [['board.localhost'], []])
})

test('two routes may change names with each other, and nobody keeps what they held under the other', async () => {
  await say(`routes:\n${route('wiki')}${route('board')}`)
  await say(
    `routes:\n${route('wiki').replace('wiki.l', 'board.l')}${route('board').replace('host: board', 'host: wiki')}`,
  )
  assert.deepEqual(file.problems(), [])
  assert.deepEqual(await hosts(), ['board.localhost', 'wiki.localhost'])
  assert.deepEqual(ended.toSorted(), ['board', 'wiki'])
  const changed = database.read.selectFrom('auditEvent').select('leaf').where('action', '=', 'application.changed')
  const facts = (await changed.execute()).map(({ leaf }) => (JSON.parse(leaf) as { facts: { changes: string } }).facts)
  assert.deepEqual(
    facts.map(({ changes }) => changes).filter((changes) => changes.startsWith('host')),
    ['host: wiki.localhost → board.localhost', 'host: board.localhost → wiki.localhost'],
  )
})

test('what has not changed is left alone, however it is written', async () => {
  const events = (): Promise<number> =>
    database.read
      .selectFrom('auditEvent')
      .select('id')
      .execute()
      .then((rows) => rows.length)
  await say(`routes:\n${route('wiki', '    identityHeaders: { A: username, B: email }\n')}`)
  const before = await events()
  await say(`# again\nroutes:\n${route('wiki', '    identityHeaders:\n      B: email\n      A: username\n')}`)
  assert.equal(await events(), before)
})

test('a short name that an application of the console has is not taken over', async () => {
  const row = { recipe: null, launchUrl: null, strength: null, createdAt: 1, createdBy: null, endedAt: null }
  const kept = { id: 'app_1' as const, slug: 'wiki', name: 'Wiki', description: '', audience: 'members' as const }
  await database.write((tx) =>
    tx
      .insertInto('application')
      .values({ ...row, ...kept, kind: 'openid' })
      .execute(),
  )
  await say(`routes:\n${route('board')}${route('wiki')}`)
  assert.match(file.problems()[0]?.message ?? '', /already an application with the short name wiki/)
  assert.equal(file.problems()[0]?.line, 6)
  assert.deepEqual(await hosts(), [], 'all of it or nothing')
  const read = parseRoutesFile(await readFile(path, 'utf8'), { ...surroundings, groups: null, connectors: null })
  assert.deepEqual(findTaken(read, await showRoutes(database)), file.problems(), 'who checks it before is told so')
  await database.write((tx) => tx.deleteFrom('application').where('id', '=', 'app_1').execute())
  await file.look()
  assert.deepEqual(await hosts(), ['board.localhost', 'wiki.localhost'], 'it is tried again when the name is free')
})

test('a host that a tool of the console has is not taken over', async () => {
  await say(`routes:\n${route('wiki')}`)
  await database.write((tx) => tx.updateTable('proxyRoute').set({ source: 'console' }).execute())
  await say(`routes:\n${route('notes').replace('notes.l', 'wiki.l')}`)
  const read = parseRoutesFile(await readFile(path, 'utf8'), { ...surroundings, groups: null, connectors: null })
  assert.match(file.problems()[0]?.message ?? '', /Another tool already answers at wiki\.localhost/)
  assert.deepEqual(findTaken(read, await showRoutes(database)), file.problems())
  await database.write((tx) => tx.updateTable('proxyRoute').set({ source: 'file' }).execute())
})

test('routes are in memory, and only what changed is new', async () => {
  const routes = createRoutes({ database, ...surroundings, onError: (error) => assert.fail(String(error)) })
  let changes = 0
  routes.onChanged(() => (changes += 1))
  await say(`routes:\n${route('wiki')}${route('board')}`)
  await routes.start()
  const wiki = routes.find('wiki.localhost')
  assert.equal(wiki?.settings.upstream, 'http://127.0.0.1:8080')
  assert.equal(routes.find('nobody.localhost'), undefined)
  await routes.refresh()
  assert.equal(changes, 1)
  await say(`routes:\n${route('wiki')}${route('board', '    programs: true\n')}`)
  await routes.refresh()
  assert.equal(changes, 2)
  assert.equal(routes.find('wiki.localhost'), wiki)
  assert.equal(routes.find('board.localhost')?.settings.programs, true)
  routes.close()
})

test('a host that no route can have since the instance has moved leads nowhere, and that is said', async () => {
  await say(`routes:\n${route('wiki')}${route('board')}`)
  // As on the day before the move, when the instance stood beside them, at git.example.com.
  for (const slug of ['wiki', 'board'])
    await database.write((tx) =>
      tx
        .updateTable('proxyRoute')
        .set({ host: slug === 'wiki' ? 'wiki.example.com' : 'board.example.net' })
        .where('host', '=', `${slug}.localhost`)
        .execute(),
    )
  const said: string[] = []
  const routes = createRoutes({
    database,
    site: { origin: 'https://example.com', rpId: 'example.com' },
    onError: (error) => void said.push(String(error)),
  })
  await routes.start()
  await routes.refresh()
  assert.deepEqual(
    routes.list().map(({ host }) => host),
    ['board.example.net'],
  )
  assert.equal(routes.find('wiki.example.com'), undefined)
  assert.equal(said.length, 1)
  assert.match(said[0] ?? '', /wiki\.example\.com.*could ask people’s keys for signatures that count here/)
  assert.deepEqual(
    routes.closed().map(({ application, problem }) => [application.slug, problem.slice(0, 34)]),
    [['wiki', 'A page at a name below example.com']],
  )
  routes.close()
})
