import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { OwnRecovery } from '../src/identity/recovery/shapes.ts'
import { settleDue } from '../src/identity/recovery/settle-due.ts'
import type { CredentialView } from '../src/identity/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { postern as command } from './support/command.ts'
import { readGuide } from './support/guide.ts'
import { cancelWith, comeBack, elsewhere, letBackIn, makeCodes, useCode } from './support/recovery.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const guide = await readGuide('recovery.md')
const text = await readFile(join(import.meta.dirname, '../docs/guides/recovery.md'), 'utf8')
const hourMs = 3_600_000

/** The page from top to bottom, as its readers would go through it. */
describe('the guide about getting back in', () => {
  let postern: StartedPostern
  let olga: Person
  let ahead = 0
  let count = 0
  before(async () => {
    postern = await startPostern({ now: () => Date.now() + ahead })
    olga = await postern.owner('olga')
  })
  after(() => postern[Symbol.asyncDispose]())
  const settle = () => settleDue({ database: postern.postern.ceremonies.database, now: () => Date.now() + ahead })
  async function somebody(): Promise<{ name: string; person: Person; codes: string[] }> {
    await olga.signIn()
    const name = `ben-${++count}`
    const person = await postern.join(olga, name)
    return { name, person, codes: await makeCodes(person) }
  }
  const strengthOf = async (who: Person): Promise<string | undefined> =>
    (await who.call<{ items: CredentialView[] }>('GET', '/me/credentials')).items[0]?.strength

  test('each row of its table: what the person has, and what a former passkey can do', async () => {
    const rows = guide.rows('within')
    const tries: Record<string, () => Promise<void>> = {
      '24 hours, before you have registered': async () => {
        const { name, person, codes } = await somebody()
        await useCode(postern.stranger(), name, codes[0] ?? '')
        ahead += 23 * hourMs
        await refused(elsewhere(person).signIn(), 403, 'passkey-suspended')
        await cancelWith(person)
      },
      '24 hours, once you have registered': async () => {
        const { name, person, codes } = await somebody()
        const back = await comeBack(await useCode(postern.stranger(), name, codes[0] ?? ''), name)
        assert.equal(await strengthOf(back), 'passkey')
        await refused(back.act('POST', '/me/recovery-codes', {}), 403, 'not-allowed')
        ahead += 23 * hourMs
        await refused(elsewhere(person).signIn(), 403, 'passkey-suspended')
        await cancelWith(person)
      },
      afterwards: async () => {
        const { name, person, codes } = await somebody()
        const back = await comeBack(await useCode(postern.stranger(), name, codes[0] ?? ''), name)
        ahead += 25 * hourMs
        await settle()
        await refused(elsewhere(person).signIn(), 401, 'passkey-unknown')
        await back.signIn()
        assert.equal((await makeCodes(back)).length, 10)
      },
      '24 hours over and nobody registered': async () => {
        const { name, person, codes } = await somebody()
        await useCode(postern.stranger(), name, codes[0] ?? '')
        ahead += 25 * hourMs
        await person.signIn()
        assert.equal((await person.call<OwnRecovery>('GET', '/me/recovery')).codesLeft, 9)
      },
    }
    assert.deepEqual(
      rows.map(([within = '']) => within),
      Object.keys(tries),
    )
    for (const work of Object.values(tries)) await work()
  })

  test('the delay is set as it says, and holds for a code and for a second person', async () => {
    const [body] = guide.blocks('The delay', 'json')
    const { name, person, codes } = await somebody()
    await olga.act('PUT', '/settings/recoveryDelayHours', JSON.parse(body))
    const begun = await useCode(postern.stranger(), name, codes[0] ?? '')
    assert.equal(Math.round((begun.cancelUntil - Date.now() - ahead) / hourMs), 48)
    await cancelWith(person)
    const handed = await letBackIn(olga, name)
    assert.equal(Math.round((handed.opensAt - Date.now() - ahead) / hourMs), 48)
    assert.equal(Math.round((handed.expiresAt - handed.opensAt) / hourMs), 7 * 24)
    await cancelWith(person)
    await olga.act('PUT', '/settings/recoveryDelayHours', { value: 0 })
    await letBackIn(olga, name)
    const { items } = await olga.call<{ items: { sentence: string }[] }>('GET', '/audit?action=recovery.started')
    assert.match(items[0]?.sentence ?? '', /WITHOUT A DELAY/)
    await refused(olga.act('PUT', '/settings/recoveryDelayHours', { value: 337 }), 422, 'invalid-input')
  })

  test('its numbers are those of the code', () => {
    for (const said of ['Ten wrong codes', 'within 15 minutes', 'works for seven days', 'from 0 to 336 hours'])
      assert.ok(text.replaceAll(/\s+/g, ' ').includes(said), said)
  })

  test('what it says of the shell works there', async () => {
    const blocks = guide.blocks('Break the glass', 'sh')
    const [guardrails, link] = blocks.map((block) => block.trim().replace('npm run postern -- ', '').split(' '))
    const data = ['--data', join(postern.folder, 'data')]
    const off = await command([...(guardrails ?? []), ...data])
    assert.equal(off.code, 0, off.stderr)
    const made = await command([...(link ?? []), ...data])
    assert.equal(made.code, 0, made.stderr)
    assert.match(made.stdout, /\/-\/setup#/)
  })
})
