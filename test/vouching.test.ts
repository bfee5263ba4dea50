import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { Judged } from '../src/verifier/report.ts'
import { Person } from '../src/walk/person.ts'
import { postern as command } from './support/command.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

// How the list of signers grows on a real server, and what `--trust` makes of it.

let postern: StartedPostern
let ana: Person
let bo: Person
let repository: Proposing
let trust = ''
before(async () => {
  postern = await startPostern()
  ana = await postern.owner()
  const { items } = await ana.call<{ items: { fingerprint: string }[] }>('GET', '/me/credentials')
  trust = items[0]?.fingerprint ?? ''
  repository = await makeProposing(postern, ana, 'payments/api')
  bo = await postern.join(ana, 'bo')
  await ana.act('PUT', `${repository.path}/members/user/bo`, { role: 'write' })
  const spare = new Person(postern.origin, new SoftwareAuthenticator())
  await ana.addPasskey(spare.authenticator, 'spare')
  await spare.signIn()
  await repository.merge(spare, await repository.propose('by-the-spare-key'))
  await repository.git('fetch', '--quiet', 'origin', 'main:main')
  await repository.merge(bo, await repository.propose('by-bo'))
})
after(() => postern[Symbol.asyncDispose]())

let clones = 0
/** The verdict on a fresh clone: each change’s person, and how far they are trusted, newest first. */
async function judge(...args: string[]): Promise<{ exitCode: number; changes: (string | null)[][] }> {
  const clone = join(postern.folder, `clone-${(clones += 1)}`)
  await repository.git('clone', '--quiet', `${postern.origin}/payments/api.git`, clone)
  await repository.git('-C', clone, 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*')
  const { stdout, code } = await command(['verify', clone, '--json', ...args])
  const report = JSON.parse(stdout) as Judged
  assert.equal(report.exitCode, code)
  return {
    exitCode: report.exitCode,
    changes: report.changes.map((change) =>
      change.state === 'proven' ? [change.by.username, change.by.trust, change.by.endorsedBy] : [change.reason],
    ),
  }
}

test('whoever trusts the set-up key trusts a key that it added, and not yet one that came by a link', async () => {
  assert.deepEqual(await judge(), {
    exitCode: 0,
    changes: [
      ['bo', 'server', null],
      ['ana', 'endorsed', 'ana'],
    ],
  })
  assert.deepEqual(await judge('--trust', trust), {
    exitCode: 1,
    changes: [['not-vouched'], ['ana', 'endorsed', 'ana']],
  })
})

test('a tap of whoever admitted them makes it count, also for what it has sealed before', async () => {
  const { items } = await bo.call<{ items: { id: string }[] }>('GET', '/me/credentials')
  await ana.act('POST', `/people/bo/credentials/${items[0]?.id}/endorse`, {})
  let judged = await judge('--trust', trust)
  // The list is written after the answer.
  for (let tries = 0; judged.exitCode !== 0 && tries < 20; tries += 1) judged = await judge('--trust', trust)
  assert.deepEqual(judged, {
    exitCode: 0,
    changes: [
      ['bo', 'endorsed', 'ana'],
      ['ana', 'endorsed', 'ana'],
    ],
  })
})
