import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDirectory } from '../directory/scim/test-directory.ts'
import { createUser } from '../identity/users.ts'
import { listAddressAttention } from './address-attention.ts'

test('whoever never confirmed an address of the directory’s domain is asked to, until they have', async () => {
  await using directory = await openDirectory()
  const { database } = directory
  const ana = await database.write((tx) =>
    createUser(tx, {
      username: 'ana',
      displayName: 'Ana',
      email: 'Ana@Bücher.example',
      role: 'owner',
      createdBy: null,
      at: 1,
    }),
  )
  const asked = async () => (await listAddressAttention(database.read, ana)).map(({ href }) => href)
  await directory.connect('Okta')
  assert.deepEqual(await asked(), [], 'a domain of others')
  await database.write((tx) =>
    tx
      .insertInto('domain')
      .values({
        id: 'dom_1',
        name: 'xn--bcher-kva.example',
        state: 'verified',
        token: 't',
        verifiedBy: 'dns',
        verifiedAt: 1,
        checkedAt: 1,
        lastError: null,
        failingSince: null,
        createdAt: 1,
        createdBy: ana.id,
      })
      .execute(),
  )
  assert.deepEqual(await asked(), ['/-/account/profile'])
  await database.write((tx) => tx.updateTable('user').set({ emailVerifiedAt: 1 }).execute())
  assert.deepEqual(await asked(), [])
})
