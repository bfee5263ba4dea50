import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { mostWaits } from '../src/seals/waits.ts'
import type { Person } from '../src/walk/person.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`pages that wait, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let repository: Proposing
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      ben = await postern.join(ana, 'ben')
      repository = await makeProposing(postern, ana, 'payments/api')
    })
    after(() => postern[Symbol.asyncDispose]())

    /** The names told, one after the other; `next` waits for one more. */
    async function listen(person: Person, about: string) {
      const response = await person.fetch('GET', `/live?about=${about}`)
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
      const reader = (response.body ?? assert.fail()).getReader()
      let text = ''
      return {
        async next(): Promise<string> {
          for (;;) {
            const [, data, rest] = /data: (.*)\n\n([^]*)/.exec(text) ?? []
            if (data !== undefined) {
              text = rest ?? ''
              return (JSON.parse(data) as { about: string }).about
            }
            const { value, done } = await reader.read()
            if (done) return 'ended'
            text += Buffer.from(value).toString()
          }
        },
        [Symbol.dispose]: () => void reader.cancel(),
      }
    }

    test('learn that a pull request changed, and what they may not read looks like nothing', async () => {
      const number = await repository.propose('live')
      const { id } = await ana.call<PullRequestView>('GET', `${repository.path}/pull-requests/${number}`)
      using page = await listen(ana, id)
      await ana.call('PATCH', `${repository.path}/pull-requests/${number}`, { title: 'Another title' })
      assert.equal(await page.next(), id)
      await refused(ben.call('GET', `/live?about=${id}`), 404, 'not-found')
      await refused(ben.call('GET', '/live?about=prq_none'), 404, 'not-found')
      await refused(postern.stranger().call('GET', '/live?about=inbox'), 401, 'sign-in-required')
    })

    test('learn that something waits for a tap, and that it was answered', async () => {
      const number = await repository.propose('inbox')
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
        'POST',
        `${repository.path}/pull-requests/${number}/merge-preparation`,
        { method: 'merge' },
      )
      using page = await listen(ana, `inbox,${sealRequestId}`)
      await ana.call('POST', `/seal-requests/${sealRequestId}/link`)
      assert.equal(await page.next(), 'inbox')
      await ana.tap(sealRequestId)
      assert.deepEqual([await page.next(), await page.next()].sort(), ['inbox', sealRequestId].sort())
      await refused(ben.call('GET', `/live?about=${sealRequestId}`), 404, 'not-found')
    })

    test('hold no place for whoever has left before they were let in', async () => {
      const { host, port } = new URL(postern.origin)
      const token = await ben.makeToken('leaves')
      const head = `GET /api/v1/live?about=inbox HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`
      // At each of the first moments there are, since nobody outside sees how far it has come.
      for (let turns = 0; turns < 4; turns++)
        for (let left = 0; left < mostWaits; left++) {
          const socket = connect(Number(port), 'localhost')
          await once(socket, 'connect')
          socket.write(head)
          for (let turn = 0; turn < turns; turn++) await immediate()
          socket.resetAndDestroy()
        }
      // Asked behind all of them.
      await ben.call('GET', '/inbox')
      using page = await listen(ben, 'inbox')
      assert.ok(page)
    })

    test('end with the server, and one person holds only so many', async () => {
      using page = await listen(ana, 'inbox')
      const more = await Promise.all(Array.from({ length: 19 }, () => listen(ana, 'inbox')))
      await refused(ana.call('GET', '/live?about=inbox'), 429, 'too-many-requests')
      for (const one of more) one[Symbol.dispose]()
      await postern.restart()
      assert.equal(await page.next(), 'ended')
    })
  })
