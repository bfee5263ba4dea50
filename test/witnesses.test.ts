import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { readCosignatures } from '../src/protocols/tlog/cosignature.ts'
import { openNote, parseNoteKey } from '../src/protocols/tlog/note.ts'
import { parseCheckpoint } from '../src/protocols/tlog/checkpoint.ts'
import type { LedgerView } from '../src/audit/shapes.ts'
import type { WitnessList } from '../src/witnesses/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { startWitness } from './support/witness.ts'

const path = '/ledger/witnesses'
const list = async (person: Person) => (await person.call<WitnessList>('GET', path)).items

for (const store of eitherStore)
  describe(`witnesses of the ledger on ${store.name}`, () => {
    test('are named by a tap, asked before it, and cosign what everybody is shown', async () => {
      await using postern = await startPostern({ flags: [...(await store.flags()), '--outbound-allow', '127.0.0.0/8'] })
      const ana = await postern.owner()
      await using witness = await startWitness(postern, 'witness.example')
      const { url, key } = witness
      const noteKey = parseNoteKey(key, 4) ?? assert.fail(key)
      const logKey = parseNoteKey((await ana.call<LedgerView>('GET', '/ledger')).key) ?? assert.fail()
      const shown = async () => {
        const note = await (await fetch(`${postern.origin}/ledger/checkpoint`)).text()
        const { size } = parseCheckpoint(openNote(note, logKey) ?? '') ?? assert.fail(note)
        return { size, lines: readCosignatures(note, [noteKey]).length }
      }
      assert.equal((await shown()).lines, 0)

      // Whoever is no owner names none, and whoever is no administrator sees none.
      const adam = await postern.join(ana, 'adam', 'admin')
      const bo = await postern.join(ana, 'bo')
      for (const person of [adam, bo]) await refused(person.call('POST', path, { url, key }), 403, 'not-allowed')
      await refused(bo.call('GET', path), 403, 'not-allowed')
      assert.deepEqual(await list(adam), [])
      const secret = await ana.makeToken('all', ['account:read', 'repository:write'])
      const byToken = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
      for (const [method, body] of [['GET'], ['POST', JSON.stringify({ url, key })]] as const)
        assert.equal(
          (await fetch(`${postern.origin}/api/v1${path}`, { method, headers: byToken, body: body ?? null })).status,
          403,
        )

      // What does not work is said before anybody taps.
      const wrong = async (body: { url: string; key: string }, sentence: RegExp) => {
        const { title } = await refused(ana.call('POST', path, body), 422, 'invalid-input')
        assert.match(title, sentence)
      }
      const silent = createServer((_request, answer) => answer.writeHead(404).end()).listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const { port } = silent.address() as AddressInfo
      await wrong({ url: `http://127.0.0.1:${port}`, key }, /has to be given its key/)
      silent.close()
      await wrong({ url: 'http://10.0.0.1', key }, /private address/)
      await wrong({ url, key: (await ana.call<LedgerView>('GET', '/ledger')).key }, /the key of a log/)
      await using stranger = await startWitness(postern, 'other.example')
      await wrong({ url: stranger.url, key }, /not with a signature/)
      assert.deepEqual(await list(ana), [])

      await ana.act('POST', path, { url, key })
      await refused(ana.act('POST', path, { url: stranger.url, key }), 422, 'invalid-input')
      await refused(ana.act('POST', path, { url, key }), 409, 'witness-known')
      await until(shown, ({ lines }) => lines === 1)
      const [row] = await list(adam)
      assert.deepEqual([row?.name, row?.problem, row?.addedBy.username], ['witness.example', null, 'ana'])
      const { size } = await shown()
      assert.equal((await ana.call<LedgerView>('GET', '/ledger')).size, size)

      // Another tree of the same past goes on where this one stood, whatever node asks.
      await ana.act('POST', path, { url: stranger.url, key: stranger.key })
      await until(
        () => list(ana),
        (rows) => rows.every(({ cosignedSize }) => cosignedSize >= size),
      )
      const ids = (await list(ana)).map(({ id }) => id)
      await refused(adam.call('DELETE', `${path}/${ids[0]}`), 403, 'not-allowed')
      for (const id of ids) await ana.act('DELETE', `${path}/${id}`)
      await refused(ana.call('DELETE', `${path}/${ids[0]}`), 404, 'not-found')
      const before = (await shown()).size
      await until(shown, ({ size, lines }) => lines === 0 && size > before)
    })
  })
