import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from './id.ts'
import { lockDataFolder } from './lock.ts'

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

test('an identifier wears its kind and 125 random bits', () => {
  assert.match(newId('usr'), /^usr_[0-9a-hjkmnp-tv-z]{25}$/)
  assert.equal(new Set(Array.from({ length: 1000 }, () => newId('ses'))).size, 1000)
})
