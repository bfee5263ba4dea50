import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { openDatabase } from '../database/open.ts'
import { firstEventIdAt, newEventId } from './event-id.ts'
import { exportLines } from './export.ts'
import { recordEvent } from './record.ts'

async function filled(count: number) {
  const database = await openDatabase('sqlite::memory:')
  await database.write(async (tx) => {
    for (let n = 0; n < count; n += 1)
      await recordEvent(tx, { action: 'group.created', actor: null, target: { kind: 'group', id: 'g' }, at: 100 + n })
  })
  let fetched = 0
  const db: typeof database.read = {
    selectFrom(table) {
      fetched += 1
      return database.read.selectFrom(table)
    },
  }
  return { database, db, fetched: () => fetched }
}

test('a page is fetched when the one before was taken, and none after the reader has gone', async () => {
  const { database, db, fetched } = await filled(10_000)
  const stream = Readable.from(exportLines(db, { from: 0, to: 1e6 }), { objectMode: false, highWaterMark: 1024 })
  await once(stream, 'readable')
  const before = fetched()
  assert.ok(before <= 2, `${before} pages were fetched for a reader who took none`)
  stream.destroy()
  await once(stream, 'close')
  assert.ok(fetched() <= before + 1)
  await database.close()
})

test('pages meet without a gap or a repetition, also where the last one is exactly full', async () => {
  const { database, db } = await filled(30)
  for (const pageRows of [1, 7, 10, 30, 31]) {
    let text = ''
    for await (const lines of exportLines(db, { from: 100, to: 129 }, pageRows)) text += lines
    const times = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { occurredAt: number }).occurredAt)
    assert.deepEqual(
      times,
      Array.from({ length: 30 }, (_, n) => 100 + n),
      String(pageRows),
    )
  }
  await database.close()
})

test('ids sort as their times do, from the first to the last that can be', () => {
  const times = [0, 1, 35, 36, 1_760_000_000_000, 36 ** 8, 36 ** 9 - 1]
  for (const [index, at] of times.entries()) {
    assert.ok(firstEventIdAt(at) < newEventId(at))
    const next = times[index + 1]
    if (next !== undefined) assert.ok(newEventId(at) < firstEventIdAt(next))
  }
  assert.equal(firstEventIdAt(Number.MAX_SAFE_INTEGER), firstEventIdAt(36 ** 9 - 1))
})
