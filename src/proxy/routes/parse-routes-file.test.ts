import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRoutesFile } from './parse-routes-file.ts'

const site = { origin: 'http://localhost:7400', rpId: 'localhost', port: 7400 }
const parse = (text: string, groups: ReadonlySet<string> | null = new Set(['operations'])) =>
  parseRoutesFile(text, { site, groups, connectors: null })
const said = (text: string): string[] => parse(text).problems.map(({ line, message }) => `${line}: ${message}`)

test('a file of routes is read under their short names', () => {
  const { routes, problems, lineOf } = parse(`# tools
routes:
  wiki:
    name: The wiki
    host: Wiki.localhost
    upstream: http://127.0.0.1:8080
    audience: everyone
  board:
    host: board.localhost
    upstream: http://127.0.0.1:8081
    groups: [operations]
    identityHeaders: { Remote-User: username }
    rules:
      - title: Admin pages
        paths: [/admin*]
        requires: { strength: attested }
`)
  assert.deepEqual(problems, [])
  assert.deepEqual([...routes.keys()], ['wiki', 'board'])
  assert.equal(routes.get('wiki')?.host, 'wiki.localhost')
  assert.equal(lineOf('board'), 8)
})

test('every mistake is told with the line on which it stands', () => {
  assert.deepEqual(
    said(`routes:
  wiki:
    host: wiki.localhost
    upsteam: http://127.0.0.1:8080
    audience: everyone
  board:
    host: wiki.example.com
    upstream: http://127.0.0.1:8081
    groups:
      - operations
      - nobody
  Board_2:
    host: x.localhost
  tracker:
    host: tracker.localhost
    upstream: http://127.0.0.1:8082
    audience: everyone
    rules:
      - title: Admin pages
        paths: ['/admin*']
        requires:
          freshnessSeconds: 5
`),
    [
      '2: wiki: upstream is missing.',
      '4: wiki: There is no setting upsteam.',
      '7: board: This instance is reached over http, where only names below localhost work, such as wiki.localhost.',
      '9: board: There is no group nobody.',
      '12: Board_2: a short name has 2–39 characters: small letters, digits and hyphens, beginning with a letter or a digit.',
      '21: tracker: The age of a tap is 60 seconds at least.',
    ],
  )
})

test('nothing is open by being left out, and nobody has two words on who may', () => {
  const route = 'routes:\n  wiki:\n    host: wiki.localhost\n    upstream: http://127.0.0.1:8080\n'
  assert.match(said(route)[0] ?? '', /say who may open it/)
  assert.match(said(`${route}    audience: everyone\n    groups: [operations]\n`)[0] ?? '', /say who may open it/)
  assert.match(said(`${route}    audience: groups\n`)[0] ?? '', /audience must be one of: everyone, members/)
  assert.match(said(`${route}    groups: []\n`)[0] ?? '', /groups must not have fewer/)
})

test('two routes cannot have one host, nor one name', () => {
  const one = (slug: string, host: string): string =>
    `  ${slug}:\n    host: ${host}\n    upstream: http://127.0.0.1:8080\n    audience: everyone\n`
  assert.deepEqual(said(`routes:\n${one('wiki', 'wiki.localhost')}${one('board', 'WIKI.localhost')}`), [
    '7: board: wiki has this host already.',
  ])
  assert.match(
    said(`routes:\n${one('wiki', 'a.localhost')}${one('wiki', 'b.localhost')}`)[0] ?? '',
    /^6: This is not YAML/,
  )
})

test('what is no file of routes, or not yet one, ends nothing', () => {
  for (const [text, why] of [
    ['', /^1: The file is empty/],
    ['# nothing\n', /^1: The file is empty/],
    ['routes:\n', /has to begin with/],
    ['routes: []\n', /has to begin with/],
    ['- wiki\n', /has to begin with/],
    ['routes: {}\nroute: {}\n', /^2: There is no setting route/],
    ['routes:\n  wiki: [\n', /This is not YAML/],
    ['routes:\n  wiki:\n', /wiki/],
    ['routes:\n  wiki: !!js/function "x"\n', /./],
    ['routes:\n\twiki: 1\n', /This is not YAML/],
    [`a: &a [x]\nroutes: {}\n`, /There is no setting a/],
    [`x: ${'y'.repeat(1_000_001)}`, /larger than 1 MB/],
  ] as const)
    assert.match(said(text)[0] ?? 'none', why, text.slice(0, 40))
  assert.deepEqual(said('routes: {}\n'), [])
})

test('aliases do not make a small file large', () => {
  const levels = Array.from({ length: 12 }, (_, at) =>
    at === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x]'
      : `a${at}: &a${at} [${Array(8)
          .fill(`*a${at - 1}`)
          .join(', ')}]`,
  )
  assert.match(said(`${levels.join('\n')}\nroutes: {}\n`)[0] ?? '', /refers to itself/)
})

test('names with a meaning for JavaScript are names like others', () => {
  const { routes, problems } = parse('routes:\n  __proto__:\n    host: x.localhost\n')
  assert.deepEqual([...routes.keys()], [])
  assert.equal(problems.length, 1)
  assert.match(said('routes:\n  constructor:\n    host: x.localhost\n')[0] ?? '', /constructor: upstream is missing/)
})

test('without the server’s data, groups are not looked up', () => {
  const text = 'routes:\n  wiki:\n    host: a.localhost\n    upstream: http://127.0.0.1:1\n    groups: [nobody]\n'
  assert.deepEqual(parse(text, null).problems, [])
  assert.equal(parse(text).problems.length, 1)
})
