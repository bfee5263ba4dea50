import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { loadConfig } from '../src/config.ts'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { createPushNonces } from '../src/repositories/push-nonces.ts'
import { createSecrets } from '../src/secrets/secrets.ts'
import { createPostern, type Postern } from '../src/server.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { type Relay, startRelay } from './support/relay.ts'
import { readNonce, sendCertificate, writeCertificate } from './support/signed-push.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'

// Two nodes of one instance, each with a path of its own to the same repositories.
let flags: string[]
let postern: StartedPostern
let other: Postern
let relay: Relay
let held: Repository
/** The same repository, by way of the other node. */
let elsewhere: Pick<Repository, 'url' | 'token'>
const stick = new TestSshKey('sk-ssh-ed25519@openssh.com')
before(async () => {
  flags = postgresFlags(await postgresDatabase())
  postern = await startPostern({ flags })
  const [port, data] = [await freePort(), join(postern.folder, 'other')]
  await mkdir(data)
  await symlink(join(postern.folder, 'data', 'repositories'), join(data, 'repositories'))
  const more = ['--url', postern.origin, '--port', String(port), '--data', data, '--ssh-port', 'off']
  other = await createPostern(loadConfig([...more, '--log-level', 'error', ...flags], {}))
  await other.listen()
  relay = await startRelay({ choosePort: () => port, headers: { host: new URL(postern.origin).host } })
  const ana = await postern.owner()
  held = await makeHeld(postern, ana, 'payments/api')
  elsewhere = { url: `${relay.address}/payments/api.git`, token: held.token }
  await addSshKey(ana, stick, { name: 'stick' })
})
after(async () => {
  await relay[Symbol.asyncDispose]()
  await other.close()
  await postern[Symbol.asyncDispose]()
})

let made = 0
async function send(nonce: string, through: Pick<Repository, 'url' | 'token'> = held): Promise<string> {
  const commands = [{ ref: `refs/heads/raw-${(made += 1)}`, oldOid: zeroOid, newOid: await held.tip('main') }]
  return sendCertificate(through, writeCertificate(held, { key: stick, commands, nonce }))
}

test('what one node gave to whoever is about to push is good on another', async () => {
  assert.match(await send(await readNonce(held), elsewhere), /ok refs\/heads\/raw/)
  assert.match(await send(await readNonce(elsewhere), held), /ok refs\/heads\/raw/)
})

test('a genuine nonce is good for five minutes and no longer', async () => {
  const { database, now } = postern.postern.ceremonies
  const { secretKey } = loadConfig(flags, {})
  assert.ok(secretKey)
  const secrets = await createSecrets({ database, key: secretKey, now })
  const secret = await secrets.getOrCreate('push-nonces', () => assert.fail('there is one'))
  const seed = createPushNonces(secret).settings(held.id)[0]?.[1] ?? ''
  /** As git makes one, which takes what is known for the key and what is secret for the text. */
  const nonceOf = (at: number): string => `${at}-${createHmac('sha1', `.:${at}`).update(seed).digest('hex')}`
  const given = await readNonce(held)
  const seconds = Number.parseInt(given, 10)
  assert.equal(nonceOf(seconds), given)
  assert.match(await send(nonceOf(seconds - 240)), /ok refs\/heads\/raw/)
  assert.match(await send(nonceOf(seconds - 301)), /ng refs\/heads\/raw/)
  assert.equal((await held.refusals()).at(-1)?.code, 'push-certificate-nonce')
})
