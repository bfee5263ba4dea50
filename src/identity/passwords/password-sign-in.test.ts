import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { openDatabase } from '../../database/open.ts'
import { createUser } from '../users.ts'
import { createPasswordHashing, type PasswordHashing } from './hash-password.ts'
import { findByName, keepPassword } from './password-logins.ts'
import { verifyEvenly } from './password-sign-in.ts'

const salt = Buffer.from('somesalt')
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
const brought = `$scrypt$ln=10,r=8,p=1$${unpadded(salt)}$${unpadded(scryptSync('theirs', salt, 32, { N: 1024, r: 8, p: 1 }))}`
const kindOf = (hash: string): string => hash.split('$')[1] ?? ''

test('a password is compared with the same hashes whoever is named, also while brought ones are there', async () => {
  const database = await openDatabase('sqlite::memory:')
  const hashing = createPasswordHashing()
  const computed: string[] = []
  const counting: PasswordHashing = {
    ...hashing,
    verify(password, hash) {
      computed.push(kindOf(hash))
      return hashing.verify(password, hash)
    },
  }
  const parts = { database, hashing: counting, nobodysHash: hashing.hash('nobody') }
  const keep = async (username: string, hash: string) =>
    database.write(async (tx) => {
      const named = { username, displayName: username, email: '', role: 'member', createdBy: null, at: 1 } as const
      await keepPassword(tx, { userId: (await createUser(tx, named)).id, hash, at: 1 })
    })
  const work = async (name: string, password: string) => {
    computed.length = 0
    const isRight = await verifyEvenly(parts, await findByName(database.read, name), password)
    return [isRight, ...computed]
  }
  await keep('own', await hashing.hash('mine'))
  assert.deepEqual(await work('own', 'wrong'), [false, 'argon2id'])
  assert.deepEqual(
    await work('nobody-here', 'nobody'),
    [false, 'argon2id'],
    'the one it is compared with lets nobody in',
  )

  await keep('moved', brought)
  for (const name of ['own', 'moved', 'nobody-here'])
    assert.deepEqual(await work(name, 'wrong'), [false, 'scrypt', 'argon2id'], name)
  assert.deepEqual(await work('own', 'mine'), [true, 'scrypt', 'argon2id'])
  assert.deepEqual(await work('moved', 'theirs'), [true, 'scrypt', 'argon2id'])
  await database.close()
})
