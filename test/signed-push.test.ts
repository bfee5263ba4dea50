import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { promisify } from 'node:util'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import { lockSshKey } from '../src/access-keys/ssh-keys/lock-ssh-key.ts'
import type { Tx } from '../src/database/handles.ts'
import type { Id } from '../src/database/id.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { SourceAttestation } from '../src/provenance/shapes.ts'
import type { BlameView, CommitView } from '../src/repositories/shapes.ts'
import type { Judged } from '../src/verifier/report.ts'
import type { Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
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

    /** By a process of its own that asks no server; `--json` apart, what it prints for people. */
    const verify = async (clone: string, ...options: string[]): Promise<string> => {
      const main = join(import.meta.dirname, '../src/main.ts')
      const { stdout } = await execute(process.execPath, [main, 'verify', clone, ...options]).catch(
        (error: { stdout: string }) => error,
      )
      return stdout
    }
    const verifyJson = async (...args: Parameters<typeof verify>): Promise<Judged> =>
      JSON.parse(await verify(...args, '--json')) as Judged
    const cloneWithProofs = async (name: string, { url }: Pick<Repository, 'url'> = held): Promise<string> => {
      const clone = join(postern.folder, name)
      await held.git('clone', '--quiet', '--config', 'remote.origin.fetch=+refs/postern/*:refs/postern/*', url, clone)
      return clone
    }

    test('is proven by its person in a fresh clone, by whoever checks it without the server', async () => {
      const [start, sealed] = ['start-seal', 'start'].map((name) => `${held.path}/protected-branches/main/${name}`)
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>('POST', start ?? '', {})
      await ana.call('POST', sealed ?? '', {}, { 'postern-seal': await ana.tap(sealRequestId) })
      const clone = await cloneWithProofs('clone')
      const { identities } = await verifyJson(clone)
      const trust = ['--trust', identities.root.fingerprint]
      const report = await verifyJson(clone, ...trust)
      const [change] = report.changes
      assert.ok(change?.state === 'proven', JSON.stringify(report))
      assert.deepEqual([report.exitCode, report.level, report.counts], [0, 3, { proven: 1, unproven: 0, broken: 0 }])
      assert.deepEqual(
        [change.proof, change.by.username, change.by.trust, change.key.algorithm, change.key.strength],
        ['signed-push', 'ana', 'endorsed', 'sk-ssh-ed25519@openssh.com', 'passkey'],
      )
      assert.deepEqual(change.pushedTo, { address: `${held.url}/`, isNamed: true })
      assert.match(await verify(clone, ...trust), /push --signed +ana +SSH key, PIN +3\n/)
    })

    test('is caught where somebody edits its certificate, or takes it away', async () => {
      const clone = await cloneWithProofs('edited')
      const git = (...args: string[]) => held.git('-C', clone, ...args)
      const path = (await git('ls-tree', '-r', '--name-only', 'refs/postern/seals', 'pushes/')).trim()
      const record = JSON.parse(await git('cat-file', 'blob', `refs/postern/seals:${path}`)) as { certificate: string }
      const edited = Buffer.from(record.certificate, 'base64')
        .toString()
        .replace(/^nonce \d/m, 'nonce 2')
      const digest = createHash('sha256')
        .update(edited.slice(0, edited.indexOf('-----BEGIN')))
        .digest('hex')
      const file = join(clone, 'edited.json')
      await writeFile(file, JSON.stringify({ ...record, certificate: Buffer.from(edited).toString('base64') }))
      await git('read-tree', 'refs/postern/seals')
      await git('rm', '--quiet', '--cached', path)
      const stripped = await git('commit-tree', '-m', 'stripped', await git('write-tree'))
      const place = `pushes/${digest.slice(0, 2)}/${digest}.json`
      await git('update-index', '--add', '--cacheinfo', `100644,${await git('hash-object', '-w', file)},${place}`)
      const replaced = await git('commit-tree', '-m', 'replaced', await git('write-tree'))
      for (const [tip, reason] of [
        [stripped, 'no-seal'],
        [replaced, 'signature-invalid'],
      ] as const) {
        await git('update-ref', 'refs/postern/seals', tip)
        await git('remote', 'set-url', 'origin', clone)
        const report = await verifyJson(clone)
        const [change] = report.changes
        assert.ok(change && change.state !== 'proven')
        assert.deepEqual([report.exitCode, change.reason], [1, reason])
      }
    })

    test('is said by the instance too to be of level 3, with who signed it', async () => {
      const tip = await held.tip('main')
      const { items } = await ana.call<{ items: SourceAttestation[] }>(
        'GET',
        `${held.path}/commits/${tip}/attestations`,
      )
      assert.deepEqual(
        items.map(({ level }) => level),
        ['SLSA_SOURCE_LEVEL_3'],
      )
      const { predicate } = JSON.parse(Buffer.from(items[0]?.provenance.payload ?? '', 'base64').toString()) as {
        predicate: { seals: { username: string; did: string; statementDigest: string }[] }
      }
      const [kept] = await certificates()
      assert.deepEqual(
        predicate.seals.map(({ username, did, statementDigest }) => [username, did, statementDigest]),
        [['ana', 'signed-push', `sha256:${kept?.digest}`]],
      )
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

    test('touched without its PIN is kept and counts for nothing, also where nothing asks for a tap', async () => {
      const oid = await held.commit('touched.txt')
      const { code, screen } = await byStick.push('HEAD:touched').ended
      assert.equal(code, 0, screen)
      const kept = (await certificates()).at(-1)
      assert.deepEqual([kept?.keyName, kept?.strength, kept?.userPresence], ['stick', null, 1])
      const commit = await ana.call<CommitView>('GET', `${held.path}/commits/${oid}`)
      assert.deepEqual([commit.proof, commit.signedPush?.strength], [null, null])
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

    test('is the tap for a tag too, where a guardrail lets git bring none without one', async () => {
      await setRules(ana, [shipped('tap-to-tag')])
      await held.git('tag', 'v1')
      const refused = await held.push('v1').ended
      assert.notEqual(refused.code, 0)
      assert.match(refused.screen, /To make or delete a tag takes a tap on your key/)
      stick.verification = true
      const { code, screen } = await byStick.push('v1').ended
      stick.verification = false
      assert.equal(code, 0, screen)
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

    test('with a key that ends later stays proven, by a list that is written down at its end', async () => {
      const gone = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com', { comment: 'gone' })
      gone.verification = true
      const { id } = await addSshKey(ana, gone, { name: 'gone' })
      const own = await startSshAgent(gone)
      const oid = await held.commit('gone.txt')
      const { code, screen } = await signWith(own, gone, held).push('main').ended
      await own[Symbol.asyncDispose]()
      assert.equal(code, 0, screen)
      await ana.act('DELETE', `/me/ssh-keys/${id}`)
      const clone = await cloneWithProofs('ended')
      const readEnd = async () => {
        await held.git('-C', clone, 'fetch', '--quiet', 'origin')
        return held
          .git('-C', clone, 'cat-file', 'blob', `refs/postern/signers:ssh-keys-ended/${id}.json`)
          .catch(() => '')
      }
      const end = JSON.parse(await until(readEnd, (text) => text !== '')) as { standing: string[] }
      assert.deepEqual(end.standing, [
        `sha256:${(await certificates()).find(({ sshKeyId }) => sshKeyId === id)?.digest}`,
      ])
      const [change] = (await verifyJson(clone)).changes
      assert.deepEqual([change?.oid, change?.state], [oid, 'proven'])
    })

    test('by somebody who has left stays proven, by a list that is written down when they leave', async () => {
      const carl = await postern.join(ana, 'carl')
      await ana.act('PUT', `${held.path}/members/user/carl`, { role: 'write' })
      const own = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'carl' })
      own.verification = true
      const { id } = await addSshKey(carl, own, { name: 'own' })
      const oid = await held.commit('carl.txt')
      await using carls = await startSshAgent(own)
      const by = { work: held.work, token: await carl.makeToken('for held') }
      assert.equal((await signWith(carls, own, by).push('main').ended).code, 0)
      await ana.act('POST', '/people/carl/end', { reason: '' })
      const clone = await cloneWithProofs('left')
      const listEnds = async () => {
        await held.git('-C', clone, 'fetch', '--quiet', 'origin')
        return held.git('-C', clone, 'ls-tree', '-r', '--name-only', 'refs/postern/signers', 'ssh-keys-ended/')
      }
      await until(listEnds, (names) => names.includes(id))
      const [change] = (await verifyJson(clone)).changes
      assert.deepEqual([change?.oid, change?.state === 'proven' && change.by.username], [oid, 'carl'])
    })

    test('vouches for every commit that it brought, also where their lines are shown', async () => {
      const [first, tip] = [await held.commit('one-of-two.txt'), await held.commit('two-of-two.txt')]
      stick.verification = true
      const { code, screen } = await byStick.push('main').ended
      stick.verification = false
      assert.equal(code, 0, screen)
      const blame = await ana.call<BlameView>('GET', `${held.path}/blame?ref=main&path=one-of-two.txt`)
      assert.deepEqual(
        blame.commits.map(({ oid, changeOid }) => [oid, changeOid]),
        [[first, tip]],
      )
      assert.deepEqual(
        blame.changes.map(({ oid, proof }) => [oid, proof?.state, proof?.isSignedPush, proof?.credentialName]),
        [[tip, 'proven', true, 'stick']],
      )
    })

    test('with a key of before its tap was kept is the server’s word alone, and no proof to whoever pins signers', async () => {
      const { database } = postern.postern.ceremonies
      const [old, other] = [new TestSshKey('sk-ssh-ed25519@openssh.com'), await makeHeld(postern, ana, 'payments/old')]
      old.verification = true
      const { id } = await addSshKey(ana, old, { name: 'old' })
      await database.write((tx) =>
        tx
          .updateTable('sshKey')
          .set({ addedBy: null })
          .where('id', '=', id as Id<'ssk'>)
          .execute(),
      )
      await other.setPush('main', 'tap-or-signed')
      const tip = await other.commit('old.txt')
      await using own = await startSshAgent(old)
      assert.equal((await signWith(own, old, other).push('main').ended).code, 0)
      const report = await verifyJson(await cloneWithProofs('claimed', other))
      assert.deepEqual(
        report.changes.map((change) => change.state === 'proven' && [change.oid, change.by.trust]),
        [[tip, 'server']],
      )
      const pinned = await verifyJson(join(postern.folder, 'claimed'), '--trust', report.identities.root.fingerprint)
      assert.deepEqual(
        pinned.changes.map((change) => change.state !== 'proven' && change.reason),
        ['not-vouched'],
      )
    })

    test('waits for one tap after a rename, which says the new name, so that it stays proven to whoever pins signers', async () => {
      const other = await makeHeld(postern, ana, 'payments/named')
      await other.setPush('main', 'tap-or-signed')
      const start = `${other.path}/protected-branches/main`
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>('POST', `${start}/start-seal`, {})
      await ana.call('POST', `${start}/start`, {}, { 'postern-seal': await ana.tap(sealRequestId) })
      const signer = signWith(agent, stick, other)
      stick.verification = true
      await other.commit('before.txt')
      assert.equal((await signer.push('main').ended).code, 0)
      await ana.act('PATCH', other.path, { name: 'renamed' })
      const url = other.url.replace('named', 'renamed')
      await other.git('remote', 'set-url', 'origin', url)
      await other.commit('renamed.txt')
      const waiting = signer.push('main')
      const { id } = await requestOf(waiting, ana)
      await ana.tap(id)
      const tapped = await waiting.ended
      assert.equal(tapped.code, 0, tapped.screen)
      assert.match(
        tapped.screen,
        /another name since somebody tapped for main: tap once, and signed pushes count again/,
      )
      await other.commit('after.txt')
      const { code, screen } = await signer.push('main').ended
      stick.verification = false
      assert.equal(code, 0, screen)
      assert.match(screen, /Your signed push was the tap/)
      const clone = await cloneWithProofs('renamed', { url })
      const { identities } = await verifyJson(clone)
      const report = await verifyJson(clone, '--trust', identities.root.fingerprint)
      assert.deepEqual(
        report.changes.map((change) => (change.state === 'proven' ? change.proof : change.reason)),
        ['signed-push', 'seal', 'signed-push'],
      )
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
        // Asked once more where the push is prepared: of the two that happen at once, one waits for the other.
        const isKept = () =>
          postern.postern.ceremonies.database.write((tx: Tx<'sshKey'>) => lockSshKey(tx, id as Id<'ssk'>))
        assert.equal(await isKept(), true)
        await ana.act('DELETE', `/me/ssh-keys/${id}`)
        assert.equal(await isKept(), false)
        assert.equal(await send({ key: gone }), 'push-certificate-key-ended')
      })
    })
  })
