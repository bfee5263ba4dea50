import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database } from '../database/handles.ts'
import { openDatabase } from '../database/open.ts'
import { findNotice } from './notices.ts'
import { createUser, type User } from './users.ts'

let database: Database
let ana: User
before(async () => {
  database = await openDatabase('sqlite::memory:')
  const who = { username: 'ana', displayName: 'Ana', email: 'ana@example.com', role: 'member' as const }
  ana = await database.write((tx) => createUser(tx, { ...who, createdBy: null, at: 1 }))
})
after(() => database.close())

const judgedAnew = (facts: Record<string, string | number>) =>
  findNotice(database.read, {
    action: 'credential.rejudged',
    actor: null,
    target: { kind: 'credential', id: 'crd_x' },
    facts: { credential: 'blue', person: 'ana', blob: 7, model: 'Blue key', statuses: '', ...facts },
    at: 1,
  })

test('whoever’s passkey is worth less, or more, is told why', async () => {
  assert.deepEqual(await judgedAnew({ formerStrength: 'attested', strength: 'passkey', statuses: 'REVOKED' }), {
    toUserId: ana.id,
    kind: 'passkey-rejudged',
    facts: {
      credential: 'blue',
      before: 'a hardware key of a verified model',
      now: 'a passkey',
      reason: 'by FIDO metadata number 7 its model, Blue key, is reported with REVOKED.',
    },
  })
  const better = await judgedAnew({ formerStrength: 'device-bound', strength: 'attested' })
  assert.equal(better?.kind === 'passkey-rejudged' && better.facts.now, 'a hardware key of a verified model')
})

test('nobody is told where nothing changes for them, or where they are gone', async () => {
  assert.equal(await judgedAnew({ formerStrength: 'passkey', strength: 'passkey' }), undefined)
  assert.equal(await judgedAnew({ formerStrength: 'attested', strength: 'passkey', person: 'gone' }), undefined)
})
