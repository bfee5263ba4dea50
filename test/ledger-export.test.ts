import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import canonicalize from 'canonicalize'
import { recordEvent } from '../src/audit/record.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Line {
  id: string
  occurredAt: number
  leaf: string
  leafIndex: number | null
}

const past = Date.UTC(2026, 0, 1)

for (const store of eitherStore)
  describe(`export of the ledger on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      await database().write(async (tx) => {
        for (let n = 0; n < 1203; n += 1)
          await recordEvent(tx, {
            action: 'group.created',
            actor: null,
            target: { kind: 'group', id: 'grp_x' },
            facts: { group: `“${n}”\u2028` },
            at: past + n,
          })
      })
    })
    after(() => postern[Symbol.asyncDispose]())
    const database = () => postern.postern.ceremonies.database

    const exported = async (span: { from: number; to: number }, person = ana): Promise<Response> => {
      const { sealRequestId = '' } = await refused(person.call('POST', '/audit/export', span), 401, 'seal-required')
      return person.fetch('POST', '/audit/export', span, { 'postern-seal': await person.tap(sealRequestId) })
    }
    const linesOf = async (answer: Response): Promise<Line[]> => {
      const text = await answer.text()
      assert.ok(text === '' || text.endsWith('\n'))
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
    }

    test('all that happened until now, oldest first, each with its exact leaf; not the export itself', async () => {
      const answer = await exported({ from: 0, to: Date.now() + 60_000 })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), 'application/x-ndjson')
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="ledger/)
      const lines = await linesOf(answer)
      const kept = await database().read.selectFrom('auditEvent').selectAll().orderBy('id').execute()
      const own = kept.at(-1)
      assert.equal(own?.action, 'ledger.exported')
      assert.deepEqual(
        lines.map(({ leafIndex: _givenLater, ...line }) => line),
        kept.slice(0, -1).map(({ id, occurredAt, leaf }) => ({ id, occurredAt, leaf })),
      )
      assert.equal(answer.headers.get('postern-event-count'), String(lines.length))
      for (const { leaf, id, occurredAt } of lines) {
        const parsed = JSON.parse(leaf) as { id: string; at: number }
        assert.equal(canonicalize(parsed), leaf)
        assert.deepEqual([parsed.id, parsed.at], [id, occurredAt])
      }
      const { facts } = JSON.parse(own.leaf) as { facts: Record<string, unknown> }
      assert.deepEqual([facts['count'], facts['from']], [lines.length, 0])
      assert.match(String(facts['seal']), /^sea_/)
    })

    test('a span has both its ends, and nothing beside it', async () => {
      const lines = await linesOf(await exported({ from: past + 3, to: past + 1002 }))
      assert.deepEqual([lines.length, lines[0]?.occurredAt, lines.at(-1)?.occurredAt], [1000, past + 3, past + 1002])
      assert.equal((await linesOf(await exported({ from: past + 7, to: past + 7 }))).length, 1)
      assert.deepEqual(await linesOf(await exported({ from: 1, to: 2 })), [])
      assert.deepEqual(await linesOf(await exported({ from: 8_640_000_000_000_000, to: 8_640_000_000_000_000 })), [])
    })

    test('members are refused, and so are spans that are none', async () => {
      const bo = await postern.join(ana, 'bo')
      await refused(bo.call('POST', '/audit/export', { from: 0, to: 1 }), 403, 'not-allowed')
      for (const bad of [
        {},
        { from: 0 },
        { from: -1, to: 1 },
        { from: '0', to: 1 },
        { from: 0.5, to: 1 },
        { from: 2, to: 1 },
      ])
        await refused(ana.call('POST', '/audit/export', bad), 422, 'invalid-input')
    })

    test('a tap for one span exports no other', async () => {
      const { sealRequestId = '' } = await refused(
        ana.call('POST', '/audit/export', { from: 0, to: 1 }),
        401,
        'seal-required',
      )
      const seal = await ana.tap(sealRequestId)
      await refused(
        ana.call('POST', '/audit/export', { from: 0, to: 2 }, { 'postern-seal': seal }),
        409,
        'seal-mismatch',
      )
    })

    test('a reader who leaves in the middle leaves nothing behind', async () => {
      const answer = await exported({ from: 0, to: Date.now() })
      const reader = answer.body?.getReader()
      assert.ok((await reader?.read())?.value)
      await reader?.cancel()
      await ana.call('GET', '/me')
    })
  })
