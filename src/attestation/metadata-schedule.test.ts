import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createMetadataSchedule, delayUntilNext } from './metadata-schedule.ts'

const hourMs = 3_600_000
const now = Date.UTC(2026, 0, 1)
const delay = (nextUpdate: number | undefined, hasFailed = false) => delayUntilNext({ nextUpdate, hasFailed, now })

test('asks daily, sooner where a new blob is promised, hourly while that is late or has failed', () => {
  const near = (ms: number, hours: number) =>
    assert.ok(ms >= hours * hourMs && ms <= (hours + 0.5) * hourMs, String(ms))
  near(delay(undefined), 24)
  near(delay(now + 40 * hourMs), 24)
  near(delay(now + 5 * hourMs), 5)
  near(delay(now - 40 * hourMs), 1)
  near(delay(now + 40 * hourMs, true), 1)
})

test('a failure is logged and shown, never fatal, and forgotten with the next success', async (t) => {
  let status = 500
  const server = createServer((_request, response) => response.writeHead(status).end('the blob'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const imported: string[] = []
  const logged: unknown[] = []
  const schedule = createMetadataSchedule({
    url,
    attestation: {
      findState: () => Promise.resolve(undefined),
      importBlob: (text) => {
        imported.push(text)
        return Promise.resolve({ outcome: 'imported', number: 1, nextUpdate: now, models: 0, isOverdue: false })
      },
    },
    now: () => now,
    onError: (error) => logged.push(error),
  })
  await schedule.fetchNow()
  assert.deepEqual([schedule.lastError?.at, logged.length, imported], [now, 1, []])
  assert.match(schedule.lastError?.sentence ?? '', /answers 500/)
  status = 200
  await schedule.fetchNow()
  assert.deepEqual([schedule.lastError, imported], [undefined, ['the blob']])
  await schedule.close()
})

test('fetches soon after the start, again a day later, and never once it is closed', async (t) => {
  const fetched = t.mock.method(globalThis, 'fetch', () => Promise.resolve(new Response('the blob')))
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let turns = 0
  const schedule = createMetadataSchedule({
    url: new URL('https://mds.example'),
    attestation: {
      findState: () => Promise.resolve(void turns++),
      importBlob: () =>
        Promise.resolve({ outcome: 'imported', number: 1, nextUpdate: now, models: 0, isOverdue: false }),
    },
    now: () => now,
    onError: (error) => assert.fail(String(error)),
  })
  schedule.start()
  assert.equal(fetched.mock.callCount(), 0)
  for (const [hours, times] of [
    [1, 1],
    [23, 1],
    [2, 2],
  ] as const) {
    t.mock.timers.tick(hours * hourMs)
    // A turn ends by looking when the next one is due, and then waits.
    do await nextTurn()
    while (turns < times)
    assert.equal(fetched.mock.callCount(), times)
  }
  await schedule.close()
  t.mock.timers.tick(48 * hourMs)
  assert.equal(fetched.mock.callCount(), 2)
})

test('where no address is set nothing is ever fetched', async (t) => {
  const fetched = t.mock.method(globalThis, 'fetch')
  const unused = () => assert.fail('nothing was fetched')
  const schedule = createMetadataSchedule({
    url: undefined,
    attestation: { findState: unused, importBlob: unused },
    now: () => now,
    onError: unused,
  })
  schedule.start()
  await schedule.fetchNow()
  await schedule.close()
  assert.equal(fetched.mock.callCount(), 0)
})
