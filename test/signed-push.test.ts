import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { promisify } from 'node:util'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { CommitView } from '../src/repositories/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { requestOf, type RunningPush } from './support/held-push.ts'
import { type Hostile, readNonce, sendCertificate, writeCertificate } from './support/signed-push.ts'
import { type Signer, signWith } from './support/signing.ts'
import { type SshAgent, startSshAgent } from './support/ssh-agent.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const execute = promisify(execFile)

for (const store of eitherStore)
  describe(`git push --signed, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let held: Repository
    let agent: SshAgent
    let byStick: Signer
    let byFile: Signer
    const stick = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'stick' })
    const file = new TestSshKey('ssh-ed25519', { comment: 'file' })
    const unknown = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'unknown' })
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      held = await makeHeld(postern, ana, 'payments/api')
      agent = await startSshAgent(stick, file, unknown)
      byStick = signWith(agent, stick, held)
      byFile = signWith(agent, file, held)
      await addSshKey(ana, stick, { name: 'stick' })
      await addSshKey(ana, file, { name: 'file' })
      await held.setPush('main', 'tap-or-signed')
    })
    after(async () => {
      await agent[Symbol.asyncDispose]()
      await postern[Symbol.asyncDispose]()
    })
    const certificates = () =>
      postern.postern.ceremonies.database.read
        .selectFrom('pushCertificate')
        .selectAll()
        .where('repositoryId', '=', held.id)
        .orderBy('receivedAt')
        .execute()
    const waits = async (push: RunningPush, because: RegExp): Promise<void> => {
      const { id } = await requestOf(push, ana)
      await ana.call('POST', `/seal-requests/${id}/refuse`)
      const { code, screen } = await push.ended
      assert.notEqual(code, 0)
      assert.match(screen, because)
    }

    test('with a touched security key is the tap that the branch asks for, and needs no browser', async () => {
      stick.verification = true
      const oid = await held.commit('signed.txt')
      const { code, screen } = await byStick.push('main').ended
      stick.verification = false
      assert.equal(code, 0, screen)
      assert.match(screen, /remote: Your signed push was the tap\./)
      // Neither gpg nor ssh-keygen of the server has had a look at it.
      assert.doesNotMatch(screen, /gpg|allowedSigners|ssh-keygen/)
      assert.equal(await held.tip('main'), oid)
      const row = await held.lastUpdate('refs/heads/main')
      assert.deepEqual([row.strength, row.sealId, row.state], ['passkey', null, 'done'])
      const commit = await ana.call<CommitView>('GET', `${held.path}/commits/${oid}`)
      assert.deepEqual(
        [commit.proof?.state, commit.proof?.isSignedPush, commit.proof?.userVerified, commit.proof?.credentialName],
        ['proven', true, true, 'stick'],
      )
      assert.equal(commit.signedPush?.label, 'Signed push with Ana Example’s security key “stick”, touched, with PIN')
      const [kept] = await certificates()
      assert.match(
        kept?.content ?? '',
        new RegExp(`^certificate version 0\\.1\\n[^]* ${oid} refs/heads/main\\n-----BEGIN SSH`),
      )
      const said = await ana.fetch('GET', `${held.path}/push-certificates/${kept?.digest}`)
      assert.equal(await said.text(), kept?.content)
    })

    test('is kept by the server; postern verify does not read it, and says so of the tip', async () => {
      const clone = join(postern.folder, 'clone')
      await held.git('clone', '--quiet', held.url, clone)
      await held.git('-C', clone, 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*')
      const main = join(import.meta.dirname, '../src/main.ts')
      const verified = await execute(process.execPath, [main, 'verify', clone]).then(
        () => assert.fail('it was taken for proven'),
        (error: { code: number; stdout: string; stderr: string }) => error,
      )
      assert.equal(verified.code, 1)
      assert.match(verified.stdout, /1 that nobody proved/)
    })

    test('without the PIN, or where the branch takes no signed push for a tap, is kept and waits for its person', async () => {
      const oid = await held.commit('unverified.txt')
      await waits(byStick.push('main'), /main takes a tap for each push/)
      await held.setPush('main', 'tap')
      stick.verification = true
      await waits(byStick.push('main'), /main takes a tap for each push/)
      await held.setPush('main', 'tap-or-signed')
      assert.equal((await byStick.push('main').ended).code, 0)
      stick.verification = false
      assert.equal(await held.tip('main'), oid)
    })

    test('with a key in a file is kept, counts for nothing, and waits for its person', async () => {
      await held.commit('plain.txt')
      await waits(byFile.push('main'), /main takes a tap for each push/)
      const { code, screen } = await byFile.push('HEAD:plain').ended
      assert.equal(code, 0, screen)
      const kept = (await certificates()).at(-1)
      assert.deepEqual([kept?.keyName, kept?.strength, kept?.userPresence], ['file', null, null])
      const commit = await ana.call<CommitView>('GET', `${held.path}/commits/${await held.git('rev-parse', 'HEAD')}`)
      assert.deepEqual(
        [commit.proof, commit.signedPush?.label],
        [null, 'Signed push with Ana Example’s SSH key “file” (a file)'],
      )
    })

    test('with a key nobody registered counts for nothing', async () => {
      const signer = signWith(agent, unknown, held)
      await waits(signer.push('main'), /main takes a tap for each push/)
      assert.equal((await signer.push('HEAD:unknown').ended).code, 0)
      const kept = (await certificates()).at(-1)
      assert.deepEqual([kept?.signerId, kept?.fingerprint, kept?.strength], [null, unknown.fingerprint, null])
    })

    test('counts for as much as the key was asked: a rule that asks for a PIN is not met by a touch', async () => {
      const rule: Rule = shipped('tap-to-push', { requires: { freshnessSeconds: 0, strength: 'passkey' } })
      await setRules(ana, [rule])
      await held.setPush('main', 'tap-or-signed')
      const oid = await held.commit('pin.txt')
      await waits(byStick.push('main'), /takes a tap/)
      stick.verification = true
      const { code, screen } = await byStick.push('main').ended
      stick.verification = false
      assert.equal(code, 0, screen)
      assert.equal(await held.tip('main'), oid)
      await setRules(ana, [])
    })

    test('an attack: a token is no tap, however new it is', async () => {
      const rule = shipped('tap-to-push', { requires: { freshnessSeconds: 3600 } })
      await setRules(ana, [rule])
      await held.git('switch', '--quiet', '--create', 'release/1')
      await held.commit('token.txt')
      await waits(held.push('release/1'), /must have tapped within the last/)
      stick.verification = true
      const { code, screen } = await byStick.push('release/1').ended
      stick.verification = false
      assert.equal(code, 0, screen)
      await held.git('switch', '--quiet', 'main')
      await setRules(ana, [])
    })

    describe('is refused', () => {
      let made = 0
      const send = async (hostile: Partial<Hostile>): Promise<string | undefined> => {
        const tip = await held.tip('main')
        const commands = [{ ref: `refs/heads/raw-${(made += 1)}`, oldOid: zeroOid, newOid: tip }]
        const whole = { key: stick, commands, nonce: await readNonce(held), ...hostile }
        const before = (await held.refusals()).length
        const answer = await sendCertificate(held, writeCertificate(held, whole), { sent: whole.sent })
        const refusals = await held.refusals()
        if (refusals.length === before) return /(?:^|\n)....ok refs/.test(answer) ? 'landed' : answer
        return refusals.at(-1)?.code
      }

      test('not at all where nothing is wrong with it', async () => {
        assert.equal(await send({}), 'landed')
        assert.equal(await send({ options: ['a'], sent: ['a'] }), 'landed')
      })

      test('a second time', async () => {
        const tip = await held.tip('main')
        const commands = [{ ref: 'refs/heads/again', oldOid: zeroOid, newOid: tip }]
        const text = writeCertificate(held, { key: stick, commands, nonce: await readNonce(held) })
        assert.match(await sendCertificate(held, text), /ok refs\/heads\/again/)
        await held.git('push', '--quiet', 'origin', ':again')
        assert.match(await sendCertificate(held, text), /ng refs\/heads\/again/)
        assert.equal((await held.refusals()).at(-1)?.code, 'push-certificate-used')
        // The same again, signed anew: a key may sign as often as it likes.
        const anew = writeCertificate(held, { key: stick, commands, nonce: /nonce (\S+)/.exec(text)?.[1] ?? '' })
        assert.match(await sendCertificate(held, anew), /ng refs\/heads\/again/)
      })

      test('for another repository', async () => {
        const other = await makeHeld(postern, ana, 'payments/other')
        const foreign = await readNonce(other)
        assert.equal(await send({ nonce: foreign }), 'push-certificate-nonce')
        assert.equal(await send({ pushee: other.url }), 'push-certificate-elsewhere')
        assert.equal(
          await send({ pushee: held.url.replace('payments/api', 'x-payments/api') }),
          'push-certificate-elsewhere',
        )
      })

      test('with a nonce that nobody gave', async () => {
        const own = await readNonce(held)
        const [stamp, mac] = own.split('-')
        for (const nonce of [
          `${Number(stamp) - 1}-${mac}`,
          `${Number(stamp) + 3600}-${mac}`,
          'x',
          `${stamp}-${'0'.repeat(40)}`,
        ])
          assert.equal(await send({ nonce }), 'push-certificate-nonce', nonce)
      })

      test('with a signature of something else', async () => {
        assert.equal(await send({ namespace: 'file' }), 'push-certificate-signature')
        const other = (text: string): string => text.replace(/raw-\d+/, 'raw-other')
        assert.equal(await send({ tamper: other }), 'push-certificate-signature')
        const blank = (text: string): string => text.replace(/\n(?=-----BEGIN)/, '\n\n')
        assert.match((await send({ tamper: blank })) ?? '', /a line of it is no update/)
      })

      test('with options that were not signed', async () => {
        assert.notEqual(await send({ sent: ['pull-request'] }), 'landed')
        assert.notEqual(await send({ options: ['a'], sent: ['b'] }), 'landed')
      })

      test('with somebody else’s key', async () => {
        const ben = await postern.join(ana, 'ben')
        const own = new TestSshKey('sk-ssh-ed25519@openssh.com')
        await addSshKey(ben, own, { name: 'own' })
        assert.equal(await send({ key: own }), 'push-certificate-signer')
      })

      test('with a security key that nobody touched', async () => {
        stick.presence = false
        assert.equal(await send({}), 'push-certificate-untouched')
        stick.presence = true
      })

      test('with a key that has ended', async () => {
        const gone = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com')
        const { id } = await addSshKey(ana, gone, { name: 'gone' })
        assert.equal(await send({ key: gone }), 'landed')
        await ana.act('DELETE', `/me/ssh-keys/${id}`)
        assert.equal(await send({ key: gone }), 'push-certificate-key-ended')
      })
    })
  })
