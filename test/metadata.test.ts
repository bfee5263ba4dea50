import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { listenForAdmin } from '../src/commands/admin-socket.ts'
import { loadConfig } from '../src/config.ts'
import type { Id } from '../src/database/id.ts'
import { lockDataFolder } from '../src/database/lock.ts'
import type { CredentialView, Me } from '../src/identity/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { Rule } from '../src/policy/rule.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { postern as command } from './support/command.ts'
import { blobOf, importMetadata, makeBlob, makeBlobSigner, makeMaker, metadataFlags } from './support/metadata.ts'
import { readPolicy, setRules, shipped } from './support/guardrails.ts'
import { until } from './support/git-remote.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const good = makeMaker({ aaguid: '0a1b2c3d-0000-4000-8000-000000000001', name: 'Good key' })
const broken = makeMaker({ aaguid: '0a1b2c3d-0000-4000-8000-000000000002', name: 'Broken key' })
const withStatus = (status: string) => ({
  ...broken,
  entry: () => broken.entry({ statusReports: [{ status, effectiveDate: '2025-06-01' }] }),
})

// Its server settles before it fetches: it is started before all others, and looked at behind them.
const place = createServer((_request, response) => response.end(blobOf([good], { number: 7 })))
const fetching = new AsyncDisposableStack()
let fetcher: StartedPostern
let fetchersOwner: Person
before(async () => {
  const { flags } = fetching.use(await metadataFlags())
  await once(place.listen(0, '127.0.0.1'), 'listening')
  fetching.defer(() => void place.close())
  const url = `http://127.0.0.1:${(place.address() as AddressInfo).port}/blob.jwt`
  fetcher = fetching.use(await startPostern({ flags: [...flags, '--metadata-url', url] }))
  fetchersOwner = new Person(fetcher.origin, new SoftwareAuthenticator({ attest: good.attester }))
  await fetchersOwner.register(await fetcher.setupLink(), applicant('ana'))
})
after(() => fetching.disposeAsync())

for (const store of eitherStore)
  describe(`authenticator metadata on ${store.name}`, () => {
    let trusted: Awaited<ReturnType<typeof metadataFlags>>
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      trusted = await metadataFlags()
      postern = await startPostern({ flags: [...(await store.flags()), ...trusted.flags] })
      ana = await enter(good, 'ana', await postern.setupLink())
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await trusted[Symbol.asyncDispose]()
    })

    const keyOf = (maker: typeof good): SoftwareAuthenticator => new SoftwareAuthenticator({ attest: maker.attester })
    async function enter(maker: typeof good, username: string, link: string): Promise<Person> {
      const person = new Person(postern.origin, keyOf(maker))
      await person.register(link, applicant(username))
      return person
    }
    const linkFor = async (username: string): Promise<string> =>
      (await ana.act<{ link: string }>('POST', '/people', { ...applicant(username), role: 'member' })).link
    const strengthOf = async (person: Person): Promise<string> => (await person.call<Me>('GET', '/me')).session.strength
    const passkeyOf = async (person: Person): Promise<CredentialView> => {
      const { items } = await person.call<{ items: CredentialView[] }>('GET', '/me/credentials')
      return items[0] ?? assert.fail('no passkey')
    }
    const factsOf = async (action: string): Promise<Record<string, string | number>[]> => {
      const rows = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select('leaf')
        .where('action', '=', action)
        .orderBy('id')
        .execute()
      return rows.map(({ leaf }) => (JSON.parse(leaf) as { facts: Record<string, string | number> }).facts)
    }

    test('without metadata a key’s certificate proves no model', async () => {
      assert.equal(await strengthOf(ana), 'device-bound')
      const { model, isModelVerified, hasIcon, category, aaguid } = await passkeyOf(ana)
      assert.deepEqual(
        [model, isModelVerified, hasIcon, category, aaguid],
        [null, false, false, 'hardware-key', good.aaguid],
      )
    })

    test('with it, stored passkeys are judged anew and told of; a session grows stronger only by a tap', async () => {
      const imported = await importMetadata(postern, [good, broken], { number: 10 })
      assert.deepEqual([imported.outcome, imported.models], ['imported', 3])
      assert.deepEqual(await factsOf('credential.rejudged'), [
        {
          credential: 'My first passkey',
          person: 'ana',
          former: 'unverified-chain',
          formerStrength: 'device-bound',
          now: 'verified',
          strength: 'attested',
          blob: 10,
          model: 'Good key',
          statuses: '',
        },
      ])
      const described = async () => {
        const { items } = await ana.call<{ items: Me['session'][] }>('GET', '/me/sessions')
        const { session } = await ana.call<Me>('GET', '/me')
        return [session, items.find(({ isCurrent }) => isCurrent)].map((one) => [one?.strength, one?.acr, one?.amr])
      }
      const claimed = ['device-bound', 'phr', ['user', 'pop']]
      assert.deepEqual(await described(), [claimed, claimed])
      await ana.signIn()
      const proven = ['attested', 'phrh', ['hwk', 'user', 'pop']]
      assert.deepEqual(await described(), [proven, proven])
      const { model, isModelVerified, hasIcon, strength } = await passkeyOf(ana)
      assert.deepEqual([model, isModelVerified, hasIcon, strength], ['Good key', true, true, 'attested'])
    })

    test('older metadata is refused with a sentence, the same number is no event, and neither changes anything', async () => {
      await assert.rejects(importMetadata(postern, [], { number: 9 }), {
        message: 'This metadata is number 9, older than number 10, which is in force. Nothing was changed.',
      })
      assert.equal((await importMetadata(postern, [], { number: 10 })).outcome, 'unchanged')
      assert.equal((await factsOf('metadata.imported')).length, 1)
      assert.equal((await postern.postern.attestation.findState())?.models, 3)
    })

    test('a model that turns bad: its passkeys are worth less, what they began ends at once, and no new one gets in', async () => {
      const ben = await enter(broken, 'ben', await linkFor('ben'))
      const eve = await enter(broken, 'eve', await linkFor('eve'))
      for (const person of ['ben', 'eve']) await vouchFor(person)
      await ben.signIn()
      assert.equal(await strengthOf(ben), 'attested')
      const link = await linkFor('mallory')
      const open = await ben.fetch('GET', '/live?about=inbox')
      assert.equal(open.status, 200)

      await importMetadata(postern, [good, withStatus('USER_VERIFICATION_BYPASS')], { number: 11 })
      // Cut in the middle, where one that looks again by itself would come to its end.
      await assert.rejects(open.text())
      await refused(ben.call('GET', '/me'), 401, 'sign-in-required')
      assert.equal(await strengthOf(ana), 'attested')
      await eve.signIn()
      const { strength, isModelVerified, isModelRefused } = await passkeyOf(eve)
      assert.deepEqual([strength, isModelVerified, isModelRefused], ['passkey', false, true])
      const told = (await factsOf('credential.rejudged')).slice(1)
      assert.deepEqual(
        told.map(({ person, former, now, statuses }) => `${person} ${former} ${now} ${statuses}`).sort(),
        ['ben', 'eve'].map((person) => `${person} verified bad-status USER_VERIFICATION_BYPASS`),
      )
      const problem = await refused(enter(broken, 'mallory', link), 403, 'model-refused')
      assert.match(problem.title, /“Broken key” are not accepted here.*USER_VERIFICATION_BYPASS/)
      await ben.signIn()
      assert.equal(await strengthOf(ben), 'passkey')
    })

    test('which reports count is the policy’s: an administrator who takes one off has passkeys judged anew at once', async () => {
      const { policy } = await readPolicy(ana)
      const { refusedModelStatuses } = policy
      const fewer = refusedModelStatuses.filter((status) => status !== 'USER_VERIFICATION_BYPASS')
      await setRules(ana, [], { policy: { refusedModelStatuses: fewer } })
      await postern.postern.attestation.catchUp()
      const judged = async () =>
        (await factsOf('credential.rejudged')).slice(-2).map(({ former, now }) => [former, now])
      assert.deepEqual(await judged(), [
        ['bad-status', 'verified'],
        ['bad-status', 'verified'],
      ])
      await setRules(ana, [], { policy: { refusedModelStatuses } })
      await postern.postern.attestation.catchUp()
      assert.deepEqual(await judged(), [
        ['verified', 'bad-status'],
        ['verified', 'bad-status'],
      ])
    })

    test('a report that would cost the last administrator their key is not made to count', async () => {
      await importMetadata(
        postern,
        [{ ...good, entry: () => good.entry({ statusReports: [{ status: 'RETIRED' }] }) }, broken],
        { number: 12 },
      )
      const rules: Rule[] = [{ ...shipped('admin-sign-in'), does: ['sign-in', 'guardrail.change'] }]
      const { policy } = await readPolicy(ana)
      await setRules(ana, rules)
      const more = { refusedModelStatuses: [...policy.refusedModelStatuses, 'RETIRED'] }
      await refused(setRules(ana, rules, { policy: more }), 409, 'locks-you-out')
      await setRules(ana, [])
    })

    test('when the report is gone the same passkeys count again', async () => {
      await importMetadata(postern, [good, broken], { number: 13 })
      const last = (await factsOf('credential.rejudged')).slice(-2)
      assert.deepEqual(
        last.map(({ former, now }) => [former, now]),
        [
          ['bad-status', 'verified'],
          ['bad-status', 'verified'],
        ],
      )
    })

    test('an overdue file is taken and said to be overdue, and keys stay attested', async () => {
      const { isOverdue } = await importMetadata(postern, [good, broken], { number: 14, nextUpdate: '2026-01-01' })
      assert.equal(isOverdue, true)
      const shown = await ana.call<{ inForce: { number: number; isOverdue: boolean } }>('GET', '/metadata')
      assert.deepEqual([shown.inForce.number, shown.inForce.isOverdue], [14, true])
      await ana.signIn()
      assert.equal(await strengthOf(ana), 'attested')
    })

    test('administrators upload a file with a tap; nobody else sees or changes any of it', async () => {
      const blob = blobOf([good, broken], { number: 15 })
      const ben = await postern.join(ana, 'member')
      for (const path of ['/metadata', '/authenticator-models'])
        await assert.rejects(ben.call('GET', path), { status: 403 })
      await assert.rejects(ben.call('POST', '/metadata', { blob }), { status: 403 })
      await refused(ana.call('POST', '/metadata', { blob }), 401, 'seal-required')
      const answer = await ana.act<{ outcome: string; number: number }>('POST', '/metadata', { blob })
      assert.deepEqual([answer.outcome, answer.number], ['imported', 15])
      const [facts = {}] = (await factsOf('metadata.imported')).slice(-1)
      assert.deepEqual([facts['number'], facts['source'], String(facts['seal']).slice(0, 4)], [15, 'upload', 'sea_'])
      // The tap and the event keep how strongly it was done.
      const { read } = postern.postern.ceremonies.database
      const taps = read
        .selectFrom('seal')
        .select('strength')
        .where('id', '=', facts['seal'] as Id<'sea'>)
      const events = read
        .selectFrom('auditEvent')
        .select(['strength', 'leaf'])
        .where('action', '=', 'metadata.imported')
      const event = await events.where('method', '=', 'passkey').executeTakeFirst()
      const kept = JSON.parse(event?.leaf ?? '{}') as { strength?: string }
      assert.deepEqual(
        [(await taps.executeTakeFirst())?.strength, event?.strength, kept.strength],
        ['attested', 'attested', 'attested'],
      )
    })

    test('an upload that is no good is refused before anybody taps', async () => {
      const bad: [blob: string, code: string][] = [
        ['no metadata at all', 'metadata-malformed'],
        [makeBlob(makeBlobSigner(), { number: 99 }), 'metadata-certificate'],
        [blobOf([good], { number: 99 }).slice(0, -10), 'metadata-signature'],
        [blobOf([good], { number: 99, header: { alg: 'none' } }), 'metadata-algorithm'],
      ]
      for (const [blob, code] of bad) await refused(ana.call('POST', '/metadata', { blob }), 422, code)
      await refused(ana.call('POST', '/metadata', { blob: 'a'.repeat(50 * 1024 * 1024) }), 413, 'too-large')
      await refused(ana.call('POST', '/metadata', { blob: blobOf([], { number: 2 }) }), 409, 'metadata-older')
    })

    test('models are listed by name, found by a part of it, and their pictures are only pictures', async () => {
      const find = async (search: string): Promise<string[]> => {
        const path = `/authenticator-models?search=${encodeURIComponent(search)}`
        return (await ana.call<{ items: { name: string }[] }>('GET', path)).items.map(({ name }) => name)
      }
      assert.deepEqual(await find(''), ['Broken key', 'Good key', 'Virtual key of Chromium'])
      assert.deepEqual(
        [await find('gOOD'), await find(good.aaguid.slice(0, 8)), await find('%')],
        [['Good key'], ['Broken key', 'Good key'], ['Broken key', 'Good key', 'Virtual key of Chromium']],
      )
      const icon = await ana.fetch('GET', `/authenticator-models/${good.aaguid}/icon`)
      assert.deepEqual(
        ['content-type', 'content-security-policy', 'x-content-type-options'].map((name) => icon.headers.get(name)),
        ['image/png', "default-src 'none'; sandbox", 'nosniff'],
      )
      assert.equal(
        Buffer.from(await icon.arrayBuffer())
          .subarray(1, 4)
          .toString(),
        'PNG',
      )
      await refused(ana.call('GET', '/authenticator-models/nothing/icon'), 404, 'not-found')
      await assert.rejects(postern.stranger().call('GET', `/authenticator-models/${good.aaguid}/icon`), { status: 401 })
    })

    test('every format is verified by one file of metadata; a key that attests nothing is its own word', async () => {
      const formats = ['packed', 'tpm', 'apple', 'android-key', 'fido-u2f'] as const
      const aaguid = (at: number) => `0a1b2c3d-0000-4000-8000-00000000001${at}`
      const makers = formats.map((format, at) => makeMaker({ format, aaguid: aaguid(at) }))
      await importMetadata(postern, [good, broken, ...makers], { number: 16 })
      for (const [at, format] of formats.entries()) await ana.addPasskey(keyOf(makers[at] ?? assert.fail()), format)
      await ana.addPasskey(new SoftwareAuthenticator({ aaguid: aaguid(0) }), 'none')
      const { items } = await ana.call<{ items: CredentialView[] }>('GET', '/me/credentials')
      const shown = Object.fromEntries(items.map(({ name, model, strength }) => [name, [model, strength]]))
      for (const format of formats) assert.deepEqual(shown[format], [`Test key (${format})`, 'attested'], format)
      assert.deepEqual(shown['none'], ['Test key (packed)', 'device-bound'])
    })

    test('a rule about one model is asked at registration and at each sign-in, and saying to be it is not enough', async () => {
      const link = await linkFor('zoe')
      const only = (models: NonNullable<Rule['requires']['models']>): Rule[] => [
        { ...shipped('hardware-keys'), who: ['user:zoe'], requires: { models } },
      ]
      await setRules(ana, only({ allow: [good.aaguid] }))
      await refused(enter(broken, 'zoe', link), 403, 'not-allowed')
      for (const attestation of ['none', 'packed-self'] as const) {
        const claiming = new SoftwareAuthenticator({ aaguid: good.aaguid, attestation })
        await refused(new Person(postern.origin, claiming).register(link, applicant('zoe')), 403, 'not-allowed')
      }
      const zoe = await enter(good, 'zoe', link)
      await zoe.call('GET', '/projects')
      await setRules(ana, only({ deny: [good.aaguid] }))
      await refused(zoe.call('GET', '/projects'), 403, 'stronger-key-needed')
      await zoe.signIn()
      await refused(zoe.call('GET', '/projects'), 403, 'stronger-key-needed')
      await setRules(ana, only({ deny: [broken.aaguid] }))
      await zoe.call('GET', '/projects')
      await setRules(ana, [])
    })

    async function vouchFor(username: string): Promise<void> {
      const { items } = await ana.call<{ items: { username: string; unendorsed: { id: string }[] }[] }>(
        'GET',
        '/people',
      )
      const [passkey] = items.find((person) => person.username === username)?.unendorsed ?? []
      await ana.act('POST', `/people/${username}/credentials/${passkey?.id}/endorse`, {})
    }
  })

for (const store of eitherStore)
  describe(`postern admin metadata on ${store.name}`, () => {
    test('takes a file with the server running or stopped, and says what is in force', async () => {
      const flags = await store.flags()
      await using postern = await startPostern({ flags })
      const data = join(postern.folder, 'data')
      const args = ['--data', data, '--url', postern.origin, ...flags]
      const signer = makeBlobSigner()
      const root = join(postern.folder, 'root.pem')
      await writeFile(root, signer.root.x509.toString())
      const fileOf = async (number: number, more = {}): Promise<string> => {
        const file = join(postern.folder, `blob-${number}.jwt`)
        await writeFile(file, makeBlob(signer, { number, entries: [good.entry()], ...more }))
        return file
      }
      const run = (...given: string[]) => command(['admin', 'metadata', ...given, ...args])
      const ana = new Person(postern.origin, new SoftwareAuthenticator({ attest: good.attester }))
      await ana.register(await postern.setupLink(), applicant('ana'))

      const opened = new AsyncDisposableStack()
      const unlock = lockDataFolder(data)
      opened.defer(await listenForAdmin(loadConfig(args, {}), postern.postern))
      const live = await run('import', await fileOf(1), '--root', root)
      assert.equal(live.stdout, 'FIDO metadata number 1 is in force: 1 models. The next one is due on 2099-01-01.\n')
      await ana.signIn()
      assert.equal((await ana.call<Me>('GET', '/me')).session.strength, 'attested')
      const again = await run('import', await fileOf(1), '--root', root)
      assert.equal(again.stdout, 'FIDO metadata number 1 is in force already. Nothing was changed.\n')
      const foreign = await run('import', await fileOf(2))
      assert.deepEqual(
        [foreign.code, foreign.stderr],
        [
          1,
          'postern admin metadata: This metadata is not signed by a certificate below the trusted root. ' +
            'Choose FIDO’s own file. For another maker’s, start the server with `--metadata-root` and the certificate that signs it.\n',
        ],
      )
      await opened.disposeAsync()
      unlock?.()

      // Stopped: imported into the data itself, and the passkeys are judged at the next start.
      await postern.postern.close()
      const revoked = good.entry({ statusReports: [{ status: 'REVOKED' }] })
      const still = await run(
        'import',
        await fileOf(3, { entries: [revoked], nextUpdate: '2026-01-01' }),
        '--root',
        root,
      )
      assert.match(still.stdout, /^FIDO metadata number 3 is in force.*\nA newer one was due by now/)
      const older = await run('import', await fileOf(2), '--root', root)
      assert.equal(
        older.stderr,
        'postern admin metadata: This metadata is number 2, older than number 3, which is in force. Nothing was changed. ' +
          'FIDO’s newest file is never older than one it has published. Download it again.\n',
      )
      const shown = await run('show', '--json')
      assert.deepEqual((JSON.parse(shown.stdout) as { inForce: { number: number } }).inForce.number, 3)
      await postern.restart()
      await postern.postern.attestation.catchUp()
      await refused(ana.call('GET', '/me'), 401, 'sign-in-required')
      await ana.signIn()
      assert.equal((await ana.call<Me>('GET', '/me')).session.strength, 'passkey')
    })

    test('refuses in one line what cannot be a blob', async () => {
      const flags = await store.flags()
      await using postern = await startPostern({ flags })
      await postern.postern.close()
      const args = ['--data', join(postern.folder, 'data'), '--url', postern.origin, ...flags]
      const huge = join(postern.folder, 'huge.jwt')
      await writeFile(huge, Buffer.alloc(50 * 1024 * 1024, 'a'))
      for (const [given, sentence] of [
        [['import', huge], `${huge} is larger than 20 MB: it is no FIDO metadata.`],
        [['import', join(postern.folder, 'none')], `${join(postern.folder, 'none')} does not exist.`],
        [['import'], 'say which file: metadata import FILE'],
        [['other'], 'say what to do: metadata import FILE, or metadata show.'],
      ] as const) {
        const { code, stderr } = await command(['admin', 'metadata', ...given, ...args])
        assert.deepEqual([code, stderr], [1, `postern admin metadata: ${sentence}\n`])
      }
      const { stdout } = await command(['admin', 'metadata', 'show', ...args])
      assert.match(stdout, /^No FIDO metadata was imported yet\./)
      await postern.restart()
    })
  })

test('where an address is set, the server fetches by itself what is there, and judges its passkeys anew', async () => {
  const ana = fetchersOwner
  type Shown = { inForce: { number: number; source: string } | null; url: string | null; lastError: unknown }
  const { inForce, url, lastError } = await until(
    () => ana.call<Shown>('GET', '/metadata'),
    (shown) => shown.inForce !== null || shown.lastError !== null,
  )
  assert.deepEqual([inForce?.number, inForce?.source, lastError], [7, new URL(url ?? '').host, null])
  await ana.signIn()
  assert.equal((await ana.call<Me>('GET', '/me')).session.strength, 'attested')
})
