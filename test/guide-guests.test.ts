import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { settings } from '../src/identity/settings.ts'
import { mostInvited, NewInvitations } from '../src/identity/invitations/shapes.ts'
import type { PersonDetail } from '../src/identity/shapes.ts'
import { catalogue } from '../src/policy/catalogue.ts'
import type { Person } from '../src/walk/person.ts'
import { registerWith } from './support/ceremony.ts'
import { readGuide } from './support/guide.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const run = promisify(execFile)
const guide = await readGuide('guests.md')
const text = await readFile(join(import.meta.dirname, '../docs/guides/guests.md'), 'utf8')
const dayMs = 86_400_000
const hasTools = ['curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).error === undefined)

/** The page from top to bottom, by curl and jq, as its readers would. */
describe('the guide about guests', { skip: !hasTools && 'no curl or jq' }, () => {
  let postern: StartedPostern
  let ana: Person
  let ben: Person
  let work: string
  let token: string
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    ben = await postern.join(ana, 'ben')
    await ana.call('POST', '/projects', { name: 'payments', description: '' })
    for (const [name, visibility] of [
      ['api', 'private'],
      ['handbook', 'internal'],
    ])
      await ana.call('POST', '/projects/payments/repositories', { name, description: '', visibility })
    token = await ana.makeToken('guests', ['act'])
    work = join(postern.folder, 'work')
    await mkdir(work)
  })
  after(() => postern[Symbol.asyncDispose]())

  const sh = async (script: string, env: Record<string, string> = {}): Promise<string> => {
    const here = script.replaceAll('https://git.example.com', postern.origin)
    const { PATH = '' } = process.env
    return (await run('sh', ['-e', '-c', here], { cwd: work, env: { PATH, TOKEN: token, ...env } })).stdout
  }
  /** Asks as the guide does, taps for what the answer names, and gives the seal. */
  const tapFor = async (script: string): Promise<string> => {
    await sh(script)
    const asked = JSON.parse(await readFile(join(work, 'asked.json'), 'utf8')) as { sealRequestId: string }
    return ana.tap(asked.sealRequestId)
  }
  const again = (script: string, seal: string): Promise<string> =>
    sh(script.replace('curl ', `curl --fail-with-body --header 'Postern-Seal: ${seal}' `))

  test('Invite somebody; what a guest is; look through them', async () => {
    const [ask, repeat = ''] = guide.blocks('Invite somebody', 'sh')
    const link = (await sh(repeat, { SEAL: await tapFor(ask) })).trim()
    const gia = postern.stranger()
    await registerWith(gia, link, 'gia')
    await gia.call('GET', '/projects/payments/repositories/api')
    await refused(gia.call('GET', '/projects/payments/repositories/handbook'), 404, 'not-found')
    await refused(gia.call('GET', '/audit'), 403, 'not-allowed')
    const { items } = await ben.call<{ items: { person: { username: string } }[] }>('GET', '/guests')
    assert.deepEqual(
      items.map(({ person }) => person.username),
      ['gia'],
    )
    const [setDays] = guide.blocks('What a guest is', 'sh')
    await again(setDays, await tapFor(setDays))
    const [extend] = guide.blocks('Look through them', 'sh')
    await again(extend, await tapFor(extend))
    const { person } = await ana.call<PersonDetail>('GET', '/people/gia')
    assert.ok(Math.abs((person.endsAt ?? 0) - Date.now() - 30 * dayMs) < 60_000)
    await refused(gia.call('POST', '/people/gia/extend', {}), 404, 'not-found')
  })

  test('what it states is what holds', () => {
    assert.deepEqual(
      guide.rows('field').map(([field]) => field?.replaceAll('`', '')),
      Object.keys(NewInvitations.properties),
    )
    assert.match(text, new RegExp(`after ${settings.guestDays.default} days`))
    assert.match(text, new RegExp(`up to ${(settings.guestDays.schema as { maximum?: number }).maximum} days`))
    assert.match(text, new RegExp(`up to ${mostInvited}[,.]`))
    for (const id of ['guest-keys', 'guest-tokens'])
      assert.ok(text.includes(`**${catalogue.find(({ rule }) => rule.id === id)?.title ?? ''}**`), id)
  })
})
