import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compiled, rule } from '../policy/policy-testing.ts'
import type { Rule } from '../policy/rule.ts'
import { addPerson, at, openStores } from './guardrails-testing.ts'
import { findLastAdministratorLockOut, findOwnLockOut } from './lock-out.ts'

const administrators = ['role:owner', 'role:admin']
const hardware = rule({ id: 'hardware', who: administrators, does: ['sign-in'] })
const twoPeople = rule({ id: 'two-people', does: ['guardrail.change'], requires: { people: 2 } })
const known = rule({ id: 'known', who: administrators, does: ['*'], requires: { networks: ['10.0.0.0/8'] } })

for (const [store, open] of Object.entries(openStores)) {
  test(`${store}: a policy under which no administrator gets in is refused, and one is enough`, async () => {
    const database = await open()
    const last = async (...rules: Rule[]) =>
      (await findLastAdministratorLockOut(database.read, compiled(...rules), { at, address: '192.0.2.7' }))?.rule?.id
    await addPerson(database, 'owen', { role: 'owner' })
    await addPerson(database, 'mia', { keys: ['attested'] })
    await addPerson(database, 'demi', { role: 'admin', keys: ['attested'], isDemo: true })
    assert.equal(await last(hardware), 'hardware')
    assert.equal(await last({ ...hardware, mode: 'report' }), undefined)
    assert.equal(await last({ ...hardware, enforceFrom: at + 1 }), undefined)
    assert.equal(await last({ ...hardware, does: ['guardrail.change'] }), 'hardware')
    assert.equal(await last({ ...hardware, does: ['merge'] }), undefined)
    await addPerson(database, 'ada', { role: 'admin', keys: ['attested'] })
    assert.equal(await last(hardware), undefined)
    await database.close()
  })

  test(`${store}: where a change takes two, two must be left`, async () => {
    const database = await open()
    const last = async (...rules: Rule[]) =>
      (await findLastAdministratorLockOut(database.read, compiled(...rules), { at, address: null }))?.rule?.id
    await addPerson(database, 'owen', { role: 'owner', keys: ['attested'] })
    assert.equal(await last(twoPeople), 'two-people')
    await addPerson(database, 'ivy', { role: 'admin', keys: [] })
    assert.equal(await last(twoPeople), 'two-people', 'ivy was added, and has not come yet')
    await addPerson(database, 'ada', { role: 'admin' })
    assert.equal(await last(twoPeople), undefined)
    assert.equal(await last(twoPeople, hardware), 'two-people')
    assert.equal(
      await last(twoPeople, { ...hardware, does: ['guardrail.approve'] }),
      undefined,
      'ada changes, owen agrees',
    )
    await addPerson(database, 'amy', { role: 'admin', keys: ['attested'] })
    assert.equal(await last(twoPeople, hardware), undefined)
    await database.close()
  })

  test(`${store}: administrators are judged from where they were last, and from where the caller is`, async () => {
    const database = await open()
    const last = async (address: string) =>
      (await findLastAdministratorLockOut(database.read, compiled(known), { at, address }))?.rule?.id
    const owen = await addPerson(database, 'owen', { role: 'owner', address: '192.0.2.7' })
    assert.equal(await last('192.0.2.7'), 'known')
    assert.equal(await last('10.0.0.1'), undefined)
    const own = await findOwnLockOut(database.read, compiled(known), { caller: { id: owen }, at, address: '192.0.2.7' })
    assert.deepEqual(own, {
      rule: { id: 'known', title: 'A rule' },
      sentence: 'This would lock you out: it takes a known network to sign in, and you come from 192.0.2.7.',
    })
    const there = { caller: { id: owen }, at, address: '10.0.0.1' }
    assert.equal(await findOwnLockOut(database.read, compiled(known), there), null)
    await addPerson(database, 'ada', { role: 'admin', address: '10.0.0.9' })
    assert.equal(await last('192.0.2.7'), undefined)
    await database.close()
  })
}
