import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../database/open.ts'
import { createUser } from '../../identity/users.ts'
import { freeUsername } from './free-username.ts'

test('whatever an address is called, its person gets a name that an account can have', async () => {
  const database = await openDatabase('sqlite::memory:')
  const person = { displayName: 'x', email: '', role: 'member', createdBy: null, at: 1 } as const
  const names: string[] = []
  for (const local of ['admin', 'import', 'passwords', 'counts', 'Ana.Souza', 'ana-souza'])
    await database.write(async (tx) => {
      const username = await freeUsername(tx, `${local}@example.com`)
      names.push((await createUser(tx, { ...person, username })).username)
    })
  assert.deepEqual(names, ['admin2', 'import2', 'passwords2', 'counts2', 'ana-souza', 'ana-souza2'])
  await database.close()
})
