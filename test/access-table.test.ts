import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { type ActName, acts } from '../src/policy/acts.ts'
import { type BodySchema, type ListedRoute, listRoutes } from './support/list-routes.ts'

/**
 * Who may call which route, in one table that is reviewed as a diff: `UPDATE_TABLES=1 node --test
 * test/access-table.test.ts` writes it anew.
 */
const file = join(import.meta.dirname, 'access-table.txt')
let routes: ListedRoute[] = []
before(async () => {
  routes = await listRoutes()
})

test('every route of the live server stands in the table with its access, and no other', () => {
  const widest = Math.max(...routes.map(({ url }) => url.length))
  const lines = routes.map(({ method, url, access, act }) =>
    `${method.padEnd(8)}${url.padEnd(widest + 2)}${access.padEnd(20)}${act === null ? '' : `tap: ${act}`}`.trimEnd(),
  )
  const table = `${lines.join('\n')}\n`
  if (process.env['UPDATE_TABLES'] !== undefined) writeFileSync(file, table)
  assert.equal(table, readFileSync(file, 'utf8'))
  assert.ok(lines.length > 40, 'the routes were not seen')
})

/** Acts that are no route's own: ceremonies, what merging and pushing prepare, and what a second person's tap brings about. */
const elsewhere: ActName[] = [
  'sign-in',
  'registration',
  'session',
  'token.use',
  'ssh.use',
  'application.use',
  'application.call',
  'merge',
  'protect',
  'guardrail.approve',
  'agent.permit',
  'push',
  'tag',
  'approve',
  'bypass',
  'confirm',
]

test('the acts that routes declare are the list of acts, so that a rule can name each and none in vain', () => {
  const declared = routes.flatMap(({ act }) => (act === null ? [] : [act]))
  assert.deepEqual([...new Set([...declared, ...elsewhere])].sort(), Object.keys(acts).sort())
  for (const words of Object.values(acts)) assert.match(words, /^[a-z]/, 'reads as “to …”')
})

test('every route that takes a tap asks for a person first', () => {
  const loose = routes.filter(({ act, access }) => act !== null && access === 'public')
  assert.deepEqual(loose, [])
})

test('what is open to everybody changes nothing but by a ceremony of its own', () => {
  const open = routes
    .filter(({ access, method }) => access === 'public' && method !== 'GET')
    .map(({ method, url }) => `${method} ${url}`)
  const ceremonies =
    /^POST \/api\/v1\/(registration-links|sign-in|sign-in\/upstream|recovery\/cancel)\/(inspect|begin|finish)$/
  // A secret that somebody holds, or a letter to the address that was given; each counts its own misses.
  const byOwnSecret = [
    'POST /api/v1/break-glass/use',
    'POST /api/v1/recovery/use-code',
    'POST /api/v1/self-registration',
    'POST /api/v1/sign-in/password',
  ]
  assert.deepEqual(
    [...new Set(open.filter((route) => !ceremonies.test(route) && !route.endsWith(' /api/*')))].sort(),
    byOwnSecret,
  )
})

/** Where a body may hold more than is named, by the path of its part. */
const openParts = (shape: BodySchema, path = ''): string[] => {
  const { properties = {}, patternProperties, additionalProperties, items, anyOf = [] } = shape
  const isOpen = shape.type === 'object' && additionalProperties !== false && patternProperties === undefined
  return [
    ...(isOpen ? [path] : []),
    ...Object.entries(properties).flatMap(([name, part]) => openParts(part, `${path}.${name}`)),
    ...(items === undefined ? [] : openParts(items, `${path}.*`)),
    ...anyOf.flatMap((one) => openParts(one, path)),
  ]
}

test('what a body may hold is named, in each of its parts', () => {
  const bodies = routes.flatMap(({ method, url, body }) =>
    body === undefined ? [] : { route: `${method} ${url}`, body },
  )
  assert.ok(bodies.length > 40, 'the bodies were not seen')
  assert.deepEqual(
    bodies.flatMap(({ route, body }) => openParts(body).map((path) => route + path)),
    [
      // What git-lfs says beyond its specification is read by nobody here, and nothing of it is handed on.
      'POST /:project/:repository/info/lfs/locks',
      'POST /:project/:repository/info/lfs/locks/:lock/unlock',
      'POST /:project/:repository/info/lfs/locks/verify',
      'POST /:project/:repository/info/lfs/objects/batch',
      'POST /:project/:repository/info/lfs/objects/batch.objects.*',
      'POST /:project/:repository/info/lfs/verify',
      'POST /api/v1/sign-in/upstream/:provider/logout',
    ],
  )
})
