import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from './id.ts'
import { lockDataFolder } from './lock.ts'
import { openDatabase } from './open.ts'

test('a folder is held by one, and free again once it is released', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-lock-'))
  const unlock = lockDataFolder(folder)
  assert.ok(unlock !== undefined)
  assert.equal(lockDataFolder(folder), undefined)
  unlock()
  const again = lockDataFolder(folder)
  assert.ok(again !== undefined)
  again()
  await rm(folder, { recursive: true })
})

test('a new database is nobody else’s to read, whoever may enter its folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-lock-'))
  const usual = process.umask(0o022)
  try {
    const database = await openDatabase(`sqlite:${join(folder, 'postern.db')}`)
    for (const name of ['postern.db', 'postern.db-wal', 'postern.db-shm'])
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name)
    await database.close()
  } finally {
    process.umask(usual)
    await rm(folder, { recursive: true })
  }
})

test('an identifier wears its kind and 125 random bits', () => {
  assert.match(newId('usr'), /^usr_[0-9a-hjkmnp-tv-z]{25}$/)
  assert.equal(new Set(Array.from({ length: 1000 }, () => newId('ses'))).size, 1000)
})
