import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../database/open.ts'
import { createUser } from '../../identity/users.ts'
import type { Letter } from '../../mail/letter-queue.ts'
import { createInvite } from './invite.ts'

test('somebody new gets a letter with their link, where letters go out and they have an address', async () => {
  const database = await openDatabase('sqlite::memory:')
  const letters: Letter[] = []
  const inviting = (from: string | null) =>
    createInvite({
      mail: { from, queue: async (_tx, letter) => void letters.push(letter) },
      origin: 'https://x.example',
    })
  const links = () => database.read.selectFrom('registrationLink').selectAll().execute()
  await database.write(async (tx) => {
    const user = (username: string, email: string) =>
      createUser(tx, { username, displayName: username, email, role: 'member', createdBy: null, at: 1 })
    const ana = await user('ana', 'ana@x.example')
    await inviting(null)(tx, ana, { connection: 'Okta', at: 1 })
    await inviting('postern@x.example')(tx, await user('bo', ''), { connection: 'Okta', at: 1 })
    await inviting('postern@x.example')(tx, ana, { connection: 'Okta', at: 1 })
  })
  assert.deepEqual(
    (await links()).map(({ purpose, createdBy }) => [purpose, createdBy]),
    [['invitation', null]],
  )
  const [letter] = letters
  assert.equal(letters.length, 1)
  assert.ok(letter?.kind === 'invitation')
  assert.match(letter.facts.link, /^https:\/\/x\.example\/-\/setup#/)
  await database.close()
})
