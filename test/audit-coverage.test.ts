import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actions } from '../src/audit/actions.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { auditedCalls } from './audit-coverage-calls.ts'
import { commandEvents, routeEvents } from './audit-coverage.ts'
import { listTransactions } from './support/count-statements.ts'
import { listRoutes } from './support/list-routes.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const eventsOf = (route: string): readonly string[] => {
  const listed = routeEvents[route]
  return listed === undefined || 'none' in listed ? [] : listed
}

test('every route that can change something stands in the table, and no other', async () => {
  const changing = (await listRoutes())
    .filter(({ method, url }) => method !== 'GET' && url !== '/api/*')
    .map(({ method, url }) => `${method} ${url}`)
  assert.deepEqual(Object.keys(routeEvents).sort(), [...new Set(changing)].sort())
})

test('every kind of event is written by something in the table', () => {
  const written = new Set([...Object.keys(routeEvents).flatMap(eventsOf), ...Object.values(commandEvents).flat()])
  assert.deepEqual([...written].sort(), Object.keys(actions).sort())
})

/** What a transaction may write without telling, and why. */
const toldElsewhere: Record<string, string> = {
  sealRequest: 'a statement that waits; its seal or refusal is told',
  'refUpdate + seal + user': 'what is about to move, with its tap; what came of it is told. The person is only locked',
  'refUpdate + user': 'the same without a tap',
  'refUpdate + repository + seal + user': 'the same by a merge, for which the repository is locked too',
  'refUpdate + repository + user': 'and by the console without a tap',
  'branchControl + sourceAttestation': 'what the instance says of a change that was told',
  'oauthGrant + routeCode + routeSession': 'what hung on a session that ended',
  'busConfirmation + node': 'every node has heard of an end',
  accessEnd: 'when every node had',
  node: 'this one is alive',
  ledgerHead: 'how much of the ledger everybody is shown',
  'ledgerHead + witness': 'the same, and who cosigned it',
  witnessRound: 'which node asks the witnesses',
  session: 'when it was last used',
  apiToken: 'when it was last used',
}

let postern: StartedPostern
let ana: Person
let bo: Person
before(async () => {
  postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.0/8'] })
  ana = await postern.owner()
  bo = await postern.join(ana, 'bo', 'admin')
})
after(() => postern[Symbol.asyncDispose]())

for (const [route, call] of Object.entries(auditedCalls))
  test(`${route} writes exactly what the table says`, async () => {
    const written = new Set<string>()
    const listEvents = () =>
      postern.postern.ceremonies.database.read.selectFrom('auditEvent').select(['id', 'action']).execute()
    /** Only the call itself is watched, not the tap it asks for, which is a route of its own. */
    const untold = new Set<string>()
    const watched = async (work: () => Promise<unknown>): Promise<unknown> => {
      const before = new Set((await listEvents()).map(({ id }) => id))
      let outcome: unknown
      const transactions = await listTransactions(async () => {
        outcome = await work().catch((error: unknown) => error)
      })
      for (const { id, action } of await listEvents()) if (!before.has(id)) written.add(action)
      // What changes something tells it in the same transaction: an event of its own, or none of either.
      for (const tables of transactions) if (!tables.includes('auditEvent')) untold.add(tables.join(' + '))
      return outcome
    }
    await call({ ana, bo, postern }, async (person, method, path, body, headers = {}) => {
      let outcome = await watched(() => person.call(method, path, body, headers))
      if (outcome instanceof ApiError && outcome.problem.sealRequestId !== undefined) {
        const seal = await person.tap(outcome.problem.sealRequestId)
        outcome = await watched(() => person.call(method, path, body, { 'postern-seal': seal }))
      }
      if (outcome instanceof Error) throw outcome
    })
    assert.deepEqual([...written].sort(), [...eventsOf(route)].sort())
    assert.deepEqual(
      [...untold].filter((tables) => !Object.hasOwn(toldElsewhere, tables)),
      [],
      'written in a transaction without an event',
    )
  })

test('no leaf of all these holds what somebody is called, or an address of theirs', async () => {
  const { read } = postern.postern.ceremonies.database
  const called = (await read.selectFrom('user').select(['displayName', 'email']).execute()).flatMap(
    ({ displayName, email }) => [displayName, email ?? ''],
  )
  const leaves = await read.selectFrom('auditEvent').select(['action', 'leaf']).execute()
  const telling = leaves.filter(({ leaf }) => called.some((name) => name.includes('xample') && leaf.includes(name)))
  assert.deepEqual([...new Set(telling.map(({ action }) => action))], [])
})
