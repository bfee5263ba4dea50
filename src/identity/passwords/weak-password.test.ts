import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findWeakness } from './weak-password.ts'

test('common, short and personal passwords are refused, others are not', async () => {
  for (const weak of ['password', 'Password123', 'qwertyuiop', 'letmein2024', '1234567890123', 'aaaaaaaaaaaaaa'])
    assert.ok(await findWeakness(weak, []), weak)
  assert.ok(await findWeakness('ana.example1', ['ana', 'ana.example', 'ana.example@example.com']))
  for (const good of ['correct horse battery staple', 'v9#kQ2!mZx', 'ein Schloss im Nebel 7'])
    assert.equal(await findWeakness(good, ['ana']), undefined, good)
})

test('a password made to keep the check busy answers', async () => {
  assert.ok((await findWeakness('a'.repeat(200), [])) !== undefined)
})
