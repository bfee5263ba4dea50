import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { SshKeyTable } from '../database/schema.ts'
import { compiled, rule } from '../policy/policy-testing.ts'
import type { Rule } from '../policy/rule.ts'
import { listAffected } from './affected.ts'
import { addPerson, at, openStores } from './guardrails-testing.ts'
import { ownRequirements } from './own-requirements.ts'

async function addKey(database: Database, userId: Id<'usr'>, name: string, key: Partial<SshKeyTable> = {}) {
  const row: SshKeyTable = {
    id: newId('ssk'),
    userId,
    name,
    publicKey: '',
    keyType: 'ssh-ed25519',
    fingerprint: newId('ssk'),
    forLogin: 1,
    forSigning: 1,
    application: null,
    attestationOutcome: null,
    attestationObject: null,
    aaguid: null,
    modelName: null,
    addedBy: null,
    strengthCap: null,
    counter: 0,
    createdAt: at,
    expiresAt: null,
    lastUsedAt: null,
    lastUsedFrom: null,
    endedAt: null,
    ...key,
  }
  await database.write((tx) => tx.insertInto('sshKey').values(row).execute())
}

const securityKey = { application: 'ssh:' }
const verified = { ...securityKey, attestationOutcome: 'verified', aaguid: 'model' } as const
const hardware = rule({ does: ['ssh.use'], requires: { models: { allow: ['hardware-key'] } } })
const pin = rule({ does: ['ssh.use'], requires: { strength: 'passkey' } })
const model = rule({ does: ['ssh.use'], requires: { strength: 'attested' } })

for (const [store, open] of Object.entries(openStores)) {
  const affected = async (database: Database, changed: Rule) =>
    Object.fromEntries(
      (await listAffected(database.read, { before: compiled(), after: compiled(changed), at })).items.map(
        ({ person, outcome, sentence }) => [person.username, `${outcome}: ${sentence}`],
      ),
    )

  test(`${store}: a rule over SSH says whose keys would be refused`, async () => {
    const database = await open()
    const ids = Object.fromEntries(
      await Promise.all(['ana', 'ben', 'cy', 'dan'].map(async (name) => [name, await addPerson(database, name)])),
    ) as Record<string, Id<'usr'>>
    const of = (name: string): Id<'usr'> => ids[name] ?? assert.fail()
    await addKey(database, of('ana'), 'laptop')
    await addKey(database, of('ana'), 'blue', verified)
    await addKey(database, of('ben'), 'laptop')
    await addKey(database, of('ben'), 'old', { endedAt: at - 1 })
    await addKey(database, of('ben'), 'short', { expiresAt: at })
    await addKey(database, of('ben'), 'for commits', { forLogin: 0 })
    await addKey(database, of('cy'), 'red', securityKey)
    const all = { ana: 'limited: The SSH key “laptop” is refused.' }
    const ben = 'limited: Nothing lets them in over SSH any more: “laptop” is refused.'
    assert.deepEqual(await affected(database, hardware), { ...all, ben, cy: 'fine: ', dan: 'fine: ' })
    assert.deepEqual(await affected(database, pin), { ...all, ben, cy: 'fine: ', dan: 'fine: ' })
    const cy = 'limited: Nothing lets them in over SSH any more: “red” is refused.'
    assert.deepEqual(await affected(database, model), { ...all, ben, cy, dan: 'fine: ' })
    await database.close()
  })

  test(`${store}: people see which key of theirs is refused, and which will be`, async () => {
    const database = await open()
    const ana = await addPerson(database, 'ana')
    await addKey(database, ana, 'laptop')
    await addKey(database, ana, 'blue', securityKey)
    const ask = (asked: Rule) =>
      ownRequirements(database.read, {
        policy: compiled(asked),
        caller: { id: ana, shortfall: null },
        at,
        address: '192.0.2.7',
      })
    const now = (await ask(pin)).acts.find(({ act }) => act === 'ssh.use')
    assert.equal(now?.isAllowed, false)
    assert.match(
      now.sentence,
      /^The SSH key “laptop” is refused\. To come in over SSH you need a security key with its PIN/,
    )
    const { acts, upcoming } = await ask({ ...hardware, enforceFrom: at + 1000 })
    assert.equal(acts.find(({ act }) => act === 'ssh.use')?.isAllowed, true)
    assert.match(upcoming[0]?.sentence ?? '', /^The SSH key “laptop” will be refused\. .* Yours lies in a file\./)
    assert.equal(upcoming.length, 1)
    await database.close()
  })
}
