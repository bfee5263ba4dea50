import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { SshKeyList, SshKeyOfPerson, SshKeyView } from '../src/access-keys/ssh-keys/shapes.ts'
import type { Explanation, RuleCounts } from '../src/guardrails/shapes.ts'
import type { Rule } from '../src/policy/rule.ts'
import { sshKeyTypes } from '../src/protocols/ssh/key-fields.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { type ApiError, Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { readPolicy, setRules, shipped } from './support/guardrails.ts'
import { importMetadata, makeMaker } from './support/metadata.ts'
import { refused } from './support/refusal.ts'
import { comeRaw } from './support/raw-ssh.ts'
import { startSshAgent } from './support/ssh-agent.ts'
import { addSshKey, newSshKeyBody, signStatement } from './support/ssh-keys.ts'
import { greet } from './support/ssh-greeting.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
const skEd25519 = 'sk-ssh-ed25519@openssh.com'
const skEcdsa = 'sk-ecdsa-sha2-nistp256@openssh.com'
const maker = makeMaker({ name: 'Test key for SSH' })

for (const store of eitherStore)
  describe(`SSH keys of people on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let ahead = 0
    before(async () => {
      const flags = [...(await store.flags()), '--ssh-port', '0']
      postern = await startPostern({ flags, now: () => Date.now() + ahead })
      ana = await postern.owner()
      ben = await postern.join(ana, 'ben')
      await importMetadata(postern, [maker])
    })
    after(() => postern[Symbol.asyncDispose]())

    const list = (who: Person): Promise<SshKeyList> => who.call('GET', '/me/ssh-keys')
    /** One login by the real ssh. */
    async function come(key: TestSshKey, user = 'git'): Promise<{ isIn: boolean; said: string }> {
      await using agent = await startSshAgent(key)
      return await greet(postern, agent, user)
    }
    const isRefused = async (key: TestSshKey, sentence: RegExp, user?: string): Promise<void> => {
      const { isIn, said } = await come(key, user)
      assert.equal(isIn, false, said)
      assert.match(said, sentence)
    }
    const events = (action: string) =>
      postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .selectAll()
        .where('action', '=', action)
        .execute()

    test('every type that is taken lets its person in, as git and by their own name, and by no other', async () => {
      for (const type of sshKeyTypes) {
        const key = new TestSshKey(type)
        const { fingerprint } = await addSshKey(ana, key, { name: type })
        assert.equal(fingerprint, key.fingerprint)
        for (const user of ['git', 'ana']) {
          const { isIn, said } = await come(key, user)
          assert.ok(isIn, said)
          assert.match(said, /Ana Example \(ana\)/)
          assert.ok(said.includes(fingerprint))
        }
        await isRefused(key, /is not ben’s/, 'ben')
      }
      await isRefused(new TestSshKey('ssh-ed25519'), /Permission denied/)
    })

    test('a key is worth what was done with it', async () => {
      const cases: [what: string, key: TestSshKey, attested: boolean, strength: RegExp][] = [
        ['in a file', new TestSshKey('ssh-ed25519'), false, /counts as a password/],
        ['touched', new TestSshKey(skEd25519), false, /counts as a password and a code/],
        ['touched, with its PIN', new TestSshKey(skEcdsa), false, /counts as a passkey/],
        ['attested, touched', new TestSshKey(skEd25519), true, /counts as a password and a code/],
        ['attested, with its PIN', new TestSshKey(skEcdsa), true, /counts as a hardware key of a verified model/],
      ]
      for (const [what, key, attested, strength] of cases) {
        const view = await addSshKey(ana, key, { name: what, ...(attested ? { attester: maker.attester } : {}) })
        assert.equal(view.model, attested ? 'Test key for SSH' : null, what)
        key.verification = what.includes('PIN')
        const { isIn, said } = await come(key)
        assert.ok(isIn, said)
        assert.match(said, strength, what)
      }
      const items = (await list(ana)).items.slice(0, cases.length)
      assert.deepEqual(
        items.map(({ strength }) => strength),
        ['attested', 'attested', 'passkey', 'passkey', 'password'],
      )
      assert.ok(items.every(({ lastUsedAt }) => lastUsedAt !== null))
    })

    test('a passkey that signs in a browser lets in here, with its PIN and from this place alone', async () => {
      const passkey = new TestSshKey(skEcdsa, { application: 'localhost' })
      Object.assign(passkey, { origin: postern.origin, verification: true })
      await addSshKey(ana, passkey, { name: 'passkey' })
      const comeInBrowser = () =>
        comeRaw(postern.postern.sshPort() ?? 0, {
          algorithm: `webauthn-${skEcdsa}`,
          publicKey: passkey.publicKey,
          sign: (bytes) => passkey.sign(bytes),
        })
      assert.deepEqual(await comeInBrowser(), { isIn: true, said: '' })
      // Written once they are in.
      const used = await until(
        async () => (await events('ssh.used')).filter(({ leaf }) => leaf.includes(passkey.fingerprint)),
        ({ length }) => length > 0,
      )
      assert.deepEqual((JSON.parse(used[0]?.leaf ?? '') as { facts: object }).facts, {
        key: 'passkey',
        fingerprint: passkey.fingerprint,
        keyType: skEcdsa,
        touch: 'verified',
        counter: 2,
      })
      for (const [change, sentence] of [
        [{ origin: 'https://evil.example' }, /the passkey signed for another place/],
        [{ origin: postern.origin, verification: false }, /the passkey signed without PIN or fingerprint/],
        [{ presence: false, verification: true }, /nobody touched the security key/],
      ] as const) {
        Object.assign(passkey, change)
        const { isIn, said } = await comeInBrowser()
        assert.equal(isIn, false)
        assert.match(said, sentence)
      }
    })

    test('a security key that nobody touches never lets in, whatever else it says', async () => {
      const key = new TestSshKey(skEd25519)
      await addSshKey(ana, key)
      Object.assign(key, { presence: false, verification: true })
      await isRefused(key, /nobody touched/)
    })

    test('a model that is reported as broken counts for less from that moment', async () => {
      const broken = makeMaker({ aaguid: '0a1b2c3d-0000-4000-8000-00000000dead', name: 'Broken later' })
      await importMetadata(postern, [maker, broken], { number: 20 })
      const key = new TestSshKey(skEcdsa)
      key.verification = true
      await addSshKey(ana, key, { attester: broken.attester })
      assert.match((await come(key)).said, /counts as a hardware key of a verified model/)
      const entry = () => broken.entry({ statusReports: [{ status: 'USER_KEY_REMOTE_COMPROMISE' }] })
      await importMetadata(postern, [maker, { ...broken, entry }], { number: 21 })
      assert.match((await come(key)).said, /counts as a passkey/)
      const other = new TestSshKey(skEcdsa)
      const problem = await refused(addSshKey(ana, other, { attester: broken.attester }), 422, 'invalid-input')
      assert.match(problem.title, /reported as broken/)
    })

    test('a counter that goes back is told, never silent', async () => {
      const key = new TestSshKey(skEd25519)
      await addSshKey(ana, key, { name: 'copied' })
      await come(key)
      const before = (await events('ssh-key.counter-regressed')).length
      await come(key)
      assert.equal((await events('ssh-key.counter-regressed')).length, before)
      key.counter -= 1
      assert.ok((await come(key)).isIn)
      assert.equal((await events('ssh-key.counter-regressed')).length, before + 1)
    })

    test('nobody adds a key that they do not have', async () => {
      const key = new TestSshKey('ssh-ed25519')
      const body = await newSshKeyBody(ana, key)
      const { signature: _, ...unsigned } = body
      const add = (who: Person, change: object) => who.act('POST', '/me/ssh-keys', { ...body, ...change })
      await refused(ana.act('POST', '/me/ssh-keys', unsigned), 422, 'invalid-input')
      const foreign = new TestSshKey('ssh-ed25519')
      await refused(add(ana, { publicKey: foreign.line }), 422, 'invalid-input')
      // Signed for ana, and shown by ben; and the other way about.
      await refused(add(ben, {}), 422, 'invalid-input')
      await refused(add(ana, { signature: signStatement(key, await list(ben)) }), 422, 'invalid-input')
      // A commit's signature is none of these.
      const asCommit = signStatement(key, { ...(await list(ana)), namespace: 'git' })
      await refused(add(ana, { signature: asCommit }), 422, 'invalid-input')
      const untouched = new TestSshKey(skEd25519)
      untouched.presence = false
      await refused(addSshKey(ana, untouched), 422, 'invalid-input')
      const attested = await newSshKeyBody(ana, new TestSshKey(skEd25519), { attester: maker.attester })
      await refused(ben.act('POST', '/me/ssh-keys', attested), 422, 'invalid-input')
      await addSshKey(ana, key)
    })

    test('the statement counts however the shell ended its line', async () => {
      for (const end of ['\r\n', '']) {
        const key = new TestSshKey('ssh-ed25519')
        await addSshKey(ana, key, { signature: signStatement(key, await list(ana), end) })
      }
      const key = new TestSshKey('ssh-ed25519')
      const signature = signStatement(key, await list(ana), ' and ben\n')
      await refused(addSshKey(ana, key, { signature }), 422, 'invalid-input')
    })

    test('an attestation that anybody could have made is no proof of having the key', async () => {
      const anas = new TestSshKey(skEcdsa)
      const forged = await newSshKeyBody(ben, anas, { attester: makeMaker({ name: 'Nobody knows' }).attester })
      const problem = await refused(ben.act('POST', '/me/ssh-keys', forged), 422, 'invalid-input')
      assert.match(problem.title, /maker of this security key is not known here/)
      const signature = signStatement(anas, await list(ben))
      const view = await ben.act<SshKeyView>('POST', '/me/ssh-keys', { ...forged, signature })
      assert.equal(view.model, null)
    })

    test('a key belongs to one person, or to one repository', async () => {
      const key = new TestSshKey('ssh-ed25519')
      const view = await addSshKey(ana, key)
      await refused(addSshKey(ana, key), 409, 'key-known')
      await refused(addSshKey(ben, key), 409, 'key-taken')
      await ana.act('DELETE', `/me/ssh-keys/${view.id}`)
      // What it signed stays ana's.
      await refused(addSshKey(ben, key), 409, 'key-taken')
      await addSshKey(ana, key, { name: 'again' })

      await ana.call('POST', '/projects', { name: 'pay', description: '' })
      await ana.call('POST', '/projects/pay/repositories', { name: 'api', description: '', visibility: 'private' })
      const deployKey = new TestSshKey('ssh-ed25519')
      const there = '/projects/pay/repositories/api/deploy-keys'
      const asked = { name: 'builds', access: 'read', expiresInDays: 30, rotation: null }
      await ana.act('POST', there, { ...asked, publicKey: deployKey.line })
      assert.ok((await come(deployKey)).isIn)
      await refused(addSshKey(ana, deployKey), 409, 'key-taken')
      await ana
        .act('POST', there, { ...asked, publicKey: key.line })
        .then(() => assert.fail('somebody’s key became a deploy key'))
        .catch((error: ApiError) => assert.equal(error.status, 409))
    })

    test('a deploy key that never came in keeps nobody from adding the key that they hold', async () => {
      const there = '/projects/pay/repositories/api/deploy-keys'
      const asked = { name: 'squat', access: 'read', expiresInDays: 30, rotation: null }
      const key = new TestSshKey('ssh-ed25519')
      const { id } = await ana.act<{ id: string }>('POST', there, { ...asked, publicKey: key.line })
      await addSshKey(ben, key)
      assert.match((await come(key)).said, /Ben Example \(ben\)/)
      const ended = (await events('deploy-key.expired')).find(({ targetId }) => targetId === id)
      assert.match(ended?.leaf ?? '', /somebody has shown that this key is their own/)
      const { items } = await ana.call<{ items: { id: string }[] }>('GET', there)
      assert.ok(items.every((one) => one.id !== id))
      await refused(ana.act('POST', there, { ...asked, publicKey: key.line }), 409, 'key-taken')
    })

    test('a key that becomes a person’s and a repository’s at once is the person’s alone', async () => {
      const there = '/projects/pay/repositories/api/deploy-keys'
      const asked = { name: 'race', access: 'read', expiresInDays: 30, rotation: null }
      /** Tapped for, and ready to be sent. */
      const prepare = async (who: Person, path: string, body: object): Promise<() => Promise<unknown>> => {
        const { sealRequestId = '' } = await refused(who.call('POST', path, body), 401, 'seal-required')
        const seal = await who.tap(sealRequestId)
        return () => who.call('POST', path, body, { 'postern-seal': seal })
      }
      for (let round = 0; round < 6; round += 1) {
        const key = new TestSshKey('ssh-ed25519')
        const own = await prepare(ben, '/me/ssh-keys', await newSshKeyBody(ben, key))
        const ofRepository = await prepare(ana, there, { ...asked, publicKey: key.line })
        const [outcome] = await Promise.allSettled([own(), ofRepository()])
        assert.equal(outcome.status, 'fulfilled')
      }
      const { items } = await ana.call<{ items: { name: string }[] }>('GET', there)
      assert.ok(items.every(({ name }) => name !== 'race'))
    })

    test('two people who add one key at once: one has it', async () => {
      const key = new TestSshKey('ssh-ed25519')
      const outcomes = await Promise.allSettled([addSshKey(ana, key), addSshKey(ben, key)])
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })

    test('a key that cannot be taken is told what helps, before anybody taps', async () => {
      const weak = new TestSshKey('ssh-rsa', { rsaBits: 2048 })
      const body = await newSshKeyBody(ana, weak)
      const cases: [string, RegExp][] = [
        [weak.line, /^This RSA key has 2048 bits, and 3072 are the least that is taken\. Make a new one: ssh-keygen/],
        ['-----BEGIN OPENSSH PRIVATE KEY-----', /private key/],
        ['hello', /^This is not a public key/],
        [new TestSshKey(skEcdsa, { application: 'evil.example' }).line, /made for another place/],
      ]
      for (const [publicKey, sentence] of cases) {
        const problem = await refused(ana.call('POST', '/me/ssh-keys', { ...body, publicKey }), 422, 'invalid-input')
        assert.match(problem.title, sentence)
      }
      const forNothing = { ...body, forLogin: false, forSigning: false }
      await refused(ana.call('POST', '/me/ssh-keys', forNothing), 422, 'invalid-input')
    })

    test('a key for signing alone, one that has expired and one that was ended let nobody in', async () => {
      const signing = new TestSshKey('ssh-ed25519')
      await addSshKey(ana, signing, { name: 'for commits', forLogin: false })
      await isRefused(signing, /“for commits” is for signing commits/)

      const short = new TestSshKey('ssh-ed25519')
      const { id } = await addSshKey(ana, short, { name: 'short', expiresInDays: 30 })
      ahead = 30 * dayMs - 60_000
      assert.ok((await come(short)).isIn)
      ahead = 30 * dayMs + 60_000
      await isRefused(short, /“short” has expired/)
      ahead = 0
      await ana.act('DELETE', `/me/ssh-keys/${id}`)
      await isRefused(short, /Permission denied/)
      await refused(ana.act('DELETE', `/me/ssh-keys/${id}`), 404, 'not-found')
    })

    test('administrators see which keys somebody has and what they are worth; nobody else does', async () => {
      const dan = await postern.join(ana, 'dan')
      const key = new TestSshKey('ssh-ed25519')
      await addSshKey(dan, key, { name: 'laptop' })
      await come(key)
      const path = '/people/dan/ssh-keys'
      const { items } = await ana.call<{ items: SshKeyOfPerson[] }>('GET', path)
      assert.deepEqual(
        items.map(({ name, fingerprint, strength, isSecurityKey }) => [name, fingerprint, strength, isSecurityKey]),
        [['laptop', key.fingerprint, 'password', false]],
      )
      assert.notEqual(items[0]?.lastUsedAt, null)
      for (const hidden of ['lastUsedFrom', 'line', 'refused']) assert.equal(hidden in (items[0] ?? {}), false, hidden)
      for (const other of [ben, dan]) await refused(other.call('GET', path), 403, 'not-allowed')
      await refused(ana.call('GET', '/people/nobody-here/ssh-keys'), 404, 'not-found')
    })

    test('nobody ends somebody else’s, and no token comes near them', async () => {
      const { id } = await addSshKey(ana, new TestSshKey('ssh-ed25519'))
      await refused(ben.act('DELETE', `/me/ssh-keys/${id}`), 404, 'not-found')
      const authorization = `Bearer ${await ana.makeToken('acts', ['act', 'account:read', 'repository:write'])}`
      const body = await newSshKeyBody(ana, new TestSshKey('ssh-ed25519'))
      const stranger = postern.stranger()
      await refused(stranger.call('POST', '/me/ssh-keys', body, { authorization }), 403, 'person-required')
      await refused(stranger.call('DELETE', `/me/ssh-keys/${id}`, undefined, { authorization }), 403, 'person-required')
      await refused(stranger.call('GET', '/me/ssh-keys', undefined, { authorization }), 403, 'person-required')
    })

    test('a key that a capped passkey added counts for no more than that', async () => {
      const { link } = await ana.act<{ link: string }>('POST', '/people', {
        username: 'capped',
        displayName: 'C',
        email: 'c@example.com',
        role: 'member',
      })
      const capped = new Person(postern.origin, postern.stranger().authenticator)
      await capped.register(link, { username: 'capped', displayName: 'C', email: 'c@example.com' })
      const key = new TestSshKey(skEcdsa)
      key.verification = true
      const view = await addSshKey(capped, key, { attester: maker.attester })
      assert.equal(view.strength, 'passkey')
      assert.match((await come(key)).said, /counts as a passkey/)
    })

    test('with the person’s access their keys end, and none comes back with them', async () => {
      const cy = await postern.join(ana, 'cy')
      const key = new TestSshKey('ssh-ed25519')
      await addSshKey(cy, key)
      assert.ok((await come(key)).isIn)
      await ana.act('POST', '/people/cy/end', { reason: '' })
      await isRefused(key, /Permission denied/)
      await ana.act('POST', '/people/cy/restore', {})
      await isRefused(key, /Permission denied/)
    })

    test('on a guest’s day their keys stop, though nobody has carried it out yet', async () => {
      const gus = await postern.join(ana, 'gus', 'guest')
      const key = new TestSshKey('ssh-ed25519')
      await addSshKey(gus, key)
      assert.ok((await come(key)).isIn)
      await postern.postern.ceremonies.database.write((tx) =>
        tx.updateTable('user').set({ endsAt: Date.now() }).where('username', '=', 'gus').execute(),
      )
      await isRefused(key, /Permission denied/)
    })

    describe('a rule', () => {
      const inFile = new TestSshKey('ssh-ed25519')
      const touched = new TestSshKey(skEd25519)
      let eve: Person
      before(async () => {
        eve = await postern.join(ana, 'eve')
        await addSshKey(eve, inFile, { name: 'in a file' })
        await addSshKey(eve, touched, { name: 'security key' })
      })
      after(() => setRules(ana, []))
      const refusedKeys = async (): Promise<Record<string, string | null>> =>
        Object.fromEntries((await list(eve)).items.map(({ name, refused: why }: SshKeyView) => [name, why]))
      const affected = async (rule: Rule) => {
        const { policy } = await ana.call<{ policy: object }>('GET', '/policy')
        const { people } = await ana.call<{ people: { items: { person: { username: string }; sentence: string }[] } }>(
          'POST',
          '/policy/explain',
          { policy: { ...policy, rules: [rule] } },
        )
        return people.items.find(({ person }) => person.username === 'eve')?.sentence
      }

      test('that takes hardware keys alone says before whom it would lock out, and then does', async () => {
        const rule = shipped('ssh-hardware-keys')
        assert.equal(await affected(rule), 'The SSH key “in a file” is refused.')
        await setRules(ana, [rule])
        await isRefused(
          inFile,
          /you need a hardware key\. Yours lies in a file\. The rule “Only hardware keys over SSH”/,
        )
        assert.ok((await come(touched)).isIn)
        const why = await refusedKeys()
        const other = await newSshKeyBody(eve, new TestSshKey('ssh-ed25519'))
        const { sealRequestId } = await refused(eve.call('POST', '/me/ssh-keys', other), 401, 'seal-required')
        const asked = await eve.call<{ facts: { warnings: string[] } }>('GET', `/seal-requests/${sealRequestId}`)
        assert.match(asked.facts.warnings.join(), /It will not let you in\. .* Yours lies in a file/)
        assert.match(why['in a file'] ?? '', /Yours lies in a file/)
        assert.equal(why['security key'], null)
      })

      test('that asks for the PIN takes no touch alone', async () => {
        await setRules(ana, [])
        const rule = shipped('ssh-pin')
        assert.equal(await affected(rule), 'The SSH key “in a file” is refused.')
        await setRules(ana, [rule])
        touched.verification = false
        await isRefused(touched, /you need a security key with its PIN\. Yours was touched, without a PIN\./)
        touched.verification = true
        assert.ok((await come(touched)).isIn)
        const own = await eve.call<{ acts: { act: string; sentence: string }[] }>('GET', '/me/policy')
        assert.match(own.acts.find(({ act }) => act === 'ssh.use')?.sentence ?? '', /“in a file” is refused/)
      })

      test('that only reports counts whom it would have refused, and a draft is tried on who came in', async () => {
        await setRules(ana, [shipped('ssh-pin', { id: 'pin-later', mode: 'report' })])
        touched.verification = false
        assert.ok((await come(touched)).isIn)
        touched.verification = true
        assert.ok((await come(touched)).isIn)
        const { items } = await ana.call<RuleCounts>('GET', '/policy/counts')
        const countsOf = (id: string) => items.find((one) => one.rule === id)
        assert.deepEqual(countsOf('pin-later'), { rule: 'pin-later', reported: 1, refused: 0 })
        assert.equal(countsOf('ssh-hardware-keys')?.refused, 1)
        const { policy } = await readPolicy(ana)
        const { replay } = await ana.call<Explanation>('POST', '/policy/explain', {
          policy: { ...policy, rules: [shipped('ssh-pin')] },
        })
        const refusedBy = replay.rows.filter(({ act, rule }) => act === 'ssh.use' && rule?.id === 'ssh-pin')
        assert.ok(refusedBy.some(({ outcome, changed }) => outcome !== 'allow' && changed > 0))
        assert.match(refusedBy[0]?.examples[0]?.sentence ?? '', /SSH/)
      })

      test('that asks for a verified model takes no other', async () => {
        await setRules(ana, [shipped('ssh-pin', { id: 'verified', requires: { strength: 'attested' } })])
        await isRefused(touched, /you need a hardware key of a verified model, with its PIN/)
        const attested = new TestSshKey(skEcdsa)
        attested.verification = true
        await addSshKey(ana, attested, { name: 'attested', attester: maker.attester })
        assert.ok((await come(attested)).isIn)
      })
    })
  })
