import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { preAuthEncoding } from '../src/seals/format/dsse.ts'
import { readSealRecord } from '../src/seals/format/seal-record.ts'
import { parseSignerEntry } from '../src/seals/format/signer-entry.ts'
import { renderCanonical } from '../src/seals/format/strict-json.ts'
import { verifySeal } from '../src/seals/format/verify-seal.ts'
import type { PermissionReceipt, PermissionView } from '../src/agents/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const wanted = {
  title: 'Restart the payments cluster',
  details: [{ label: 'Where', value: 'eu-west-1' }],
  subjects: [{ name: 'plan', sha256: hash('sha256', 'the plan', 'hex') }],
}

/** An agent of this person, and how it asks. */
async function agentOf(postern: StartedPostern, owner: Person, scopes = ['ask']) {
  await owner.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
  const token = { name: 'asks', scopes, repositoryIds: null, expiresInDays: 30 }
  const { secret } = await owner.act<{ secret: string }>('POST', '/agents/robot/tokens', token)
  const headers = { authorization: `Bearer ${secret}` }
  const robot = postern.stranger()
  return {
    call: <Answer>(method: 'GET' | 'POST', path: string, body?: unknown) =>
      robot.call<Answer>(method, path, body, headers),
    ask: (more: object = {}) => robot.call<PermissionView>('POST', '/permissions', { ...wanted, ...more }, headers),
  }
}

for (const store of eitherStore)
  describe(`what agents ask people to allow, on ${store.name}`, () => {
    test('its owner taps, and the receipt is checked with stock tools, off this server', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const robot = await agentOf(postern, ana)
      const asked = await robot.ask()
      assert.equal(asked.state, 'waiting')
      await refused(robot.call('GET', `/permissions/${asked.id}/receipt`), 409, 'not-given')
      const { items } = await ana.call<{ items: { id: string; title: string }[] }>('GET', '/inbox')
      assert.deepEqual(
        items.map(({ title }) => title),
        ['Allow the agent robot: Restart the payments cluster'],
      )
      await ana.tap(items[0]?.id ?? '')
      const given = await robot.call<PermissionView>('GET', `/permissions/${asked.id}`)
      assert.deepEqual([given.state, given.givenBy?.username], ['given', 'ana'])
      const receipt = await robot.call<PermissionReceipt>('GET', `/permissions/${asked.id}/receipt`)
      assert.deepEqual(JSON.parse(receipt.body), { version: 1, id: asked.id, agent: 'robot', ...wanted })

      const record = readSealRecord(receipt.seal)
      const entry = parseSignerEntry(renderCanonical(receipt.signer as object))
      const { statement } = verifySeal({ record, signers: new Map([[entry.credentialId, entry]]) })
      assert.deepEqual(statement.subject, [
        { name: 'request', digest: { sha256: hash('sha256', receipt.body, 'hex') } },
        { name: 'plan', digest: { sha256: wanted.subjects[0]?.sha256 } },
      ])
      const folder = await mkdtemp(join(tmpdir(), 'postern-receipt-'))
      await writeFile(join(folder, 'signers'), `${receipt.allowedSigner}\n`)
      await writeFile(join(folder, 'sig'), record.armored ?? '')
      const verify = (message: Buffer): string =>
        execFileSync(
          'ssh-keygen',
          [
            '-Y',
            'verify',
            '-f',
            join(folder, 'signers'),
            '-I',
            'ana@localhost',
            '-n',
            'approval@postern',
            '-s',
            join(folder, 'sig'),
          ],
          { input: message, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] },
        )
      assert.match(verify(preAuthEncoding(record.statement)), /^Good "approval@postern" signature/)
      const edited = Buffer.from(record.statement.toString().replace('robot', 'human'))
      assert.throws(() => verify(preAuthEncoding(edited)))
      await rm(folder, { recursive: true })
    })

    test('anybody of a group allows it once; others, other tokens and people ask in vain', async () => {
      let ahead = 0
      await using postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben')
      const carl = await postern.join(ana, 'carl')
      await ana.act('POST', '/groups', { name: 'operations', description: '' })
      for (const name of ['ben', 'carl']) await ana.act('PUT', `/groups/operations/members/${name}`, {})
      const robot = await agentOf(postern, ana)
      await refused(robot.ask({ group: 'nobody' }), 404, 'not-found')
      const asked = await robot.ask({ group: 'Operations' })
      const waits = async (person: Person): Promise<string[]> =>
        (await person.call<{ items: { id: string }[] }>('GET', '/inbox')).items.map(({ id }) => id)
      assert.deepEqual(await waits(ana), [])
      const [bens = ''] = await waits(ben)
      const [carls = ''] = await waits(carl)
      // Another's request is not theirs to tap, nor the agent's.
      await refused(carl.tap(bens), 404, 'not-found')
      await refused(robot.call('POST', `/seal-requests/${bens}/attempts`, {}), 403, 'person-required')
      await ben.tap(bens)
      await refused(carl.tap(carls), 409, 'withdrawn')
      assert.equal((await robot.call<PermissionView>('GET', `/permissions/${asked.id}`)).givenBy?.username, 'ben')

      // Refused by everybody who was asked.
      const again = await robot.ask({ group: 'operations' })
      for (const person of [ben, carl])
        await person.call('POST', `/seal-requests/${(await waits(person))[0]}/refuse`, {})
      assert.equal((await robot.call<PermissionView>('GET', `/permissions/${again.id}`)).state, 'refused')
      const late = await robot.ask({ expiresInMinutes: 5 })
      ahead += 6 * 60_000
      assert.equal((await robot.call<PermissionView>('GET', `/permissions/${late.id}`)).state, 'expired')

      // A person has a key of their own; a token must have been made for it; a stranger to it sees nothing.
      await refused(ana.call('POST', '/permissions', wanted), 403, 'agent-required')
      await refused(carl.call('GET', `/permissions/${late.id}`), 404, 'not-found')
      await refused(
        ana.act('POST', '/me/tokens', { name: 'x', scopes: ['ask'], repositoryIds: null, expiresInDays: 1 }),
        422,
        'invalid-input',
      )
      const plain = await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', {
        name: 'reads',
        scopes: ['repository:read'],
        repositoryIds: null,
        expiresInDays: 1,
      })
      const headers = { authorization: `Bearer ${plain.secret}` }
      await refused(postern.stranger().call('POST', '/permissions', wanted, headers), 403, 'agent-required')
      await refused(postern.stranger().call('GET', `/permissions/${late.id}`, undefined, headers), 404, 'not-found')

      // Who is not in the group any more when they tap speaks for it no longer.
      const last = await robot.ask({ group: 'operations' })
      const [bensLast = ''] = await waits(ben)
      const [carlsLast = ''] = await waits(carl)
      await ana.act('DELETE', '/groups/operations/members/carl')
      await refused(carl.tap(carlsLast), 403, 'not-allowed')
      assert.equal((await robot.call<PermissionView>('GET', `/permissions/${last.id}`)).state, 'waiting')
      await ben.tap(bensLast)
    })

    test('whoever answers for an agent can change; with their end, what it asked for falls', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      await postern.join(ana, 'ben')
      await postern.join(ana, 'gus', 'guest')
      const robot = await agentOf(postern, ana)
      const before = await robot.ask()
      await refused(ana.act('PATCH', '/agents/robot', { owner: 'gus' }), 422, 'invalid-input')
      await refused(ana.act('PATCH', '/agents/robot', { owner: 'robot' }), 422, 'invalid-input')
      await ana.act('PATCH', '/agents/robot', { owner: 'ben' })
      await refused(ana.tap(before.sealRequests[0] ?? ''), 403, 'not-allowed')
      await robot.ask()
      const { items } = await ana.call<{ items: { username: string; owner: { username: string } }[] }>('GET', '/agents')
      assert.deepEqual(
        items.map(({ username, owner }) => [username, owner.username]),
        [['robot', 'ben']],
      )
      const tokens = await ana.call<{ items: { id: string; name: string }[] }>('GET', '/agents/robot/tokens')
      assert.deepEqual(
        tokens.items.map(({ name }) => name),
        ['asks'],
      )
      await ana.act('DELETE', `/agents/robot/tokens/${tokens.items[0]?.id}`)
      await refused(robot.call('GET', `/permissions/${before.id}`), 401, 'token-refused')
      const { database } = postern.postern.ceremonies
      const open = await database.read.selectFrom('sealRequest').select('id').where('state', '=', 'open').execute()
      assert.deepEqual(open, [])
    })
  })
