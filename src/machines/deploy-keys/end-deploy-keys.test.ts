import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSshKey } from '../../../test/support/ssh-key-line.ts'
import { newId } from '../../database/id.ts'
import { openDatabase } from '../../database/open.ts'
import { addRepository } from '../../guardrails/guardrails-testing.ts'
import type { Act } from '../../identity/act.ts'
import { createUser } from '../../identity/users.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { addDeployKey } from './add-deploy-key.ts'
import { endDeployKey } from './end-deploy-keys.ts'
import { followDeployKey } from './follow-deploy-key.ts'
import type { DeployKeyParts } from './parts.ts'
import { readPublicKey } from './read-public-key.ts'

test('a key that its holder follows while somebody ends it leaves no successor', async () => {
  const database = await openDatabase('sqlite::memory:')
  const now = (): number => 1_800_000_000_000
  const cut = async (): Promise<void> => {}
  const ana = await database.write((tx) =>
    createUser(tx, { username: 'ana', displayName: 'Ana', email: '', role: 'owner', createdBy: null, at: now() }),
  )
  const seal = { id: newId('sea'), strength: 'passkey', credentialRecordId: newId('crd') } as const
  const caller = { ...ana, by: { kind: 'session' } } as unknown as Act['caller']
  const act: Act = { caller, takeSeal: async () => seal, now }
  const place = { repository: await addRepository(database, 'payments/api') } as RepositoryPlace
  const parts = { database, cut, now } as unknown as DeployKeyParts
  const id = await addDeployKey(parts, act, place, {
    name: 'ci',
    access: 'write',
    publicKey: newSshKey(),
    expiresInDays: null,
    rotation: { everyDays: 30, overlapDays: 7 },
  })
  const live = () => database.read.selectFrom('deployKey').selectAll().where('endedAt', 'is', null).execute()
  const [seen = assert.fail()] = await live()
  await database.write((tx) =>
    followDeployKey(tx, id, {
      key: readPublicKey(newSshKey()),
      overlapDays: 7,
      byItself: true,
      actor: { id: seen.userId, method: 'deploy-key', strength: 'password' },
      at: now(),
      cut,
    }),
  )
  assert.equal((await live()).length, 2)
  await endDeployKey(parts, act, seen)
  assert.deepEqual(await live(), [])
  await database.close()
})
