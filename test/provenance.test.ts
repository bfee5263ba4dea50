import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { ReviewMade } from '../src/pull-requests/review/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type { SourceAttestation } from '../src/provenance/shapes.ts'
import type { BranchRule } from '../src/repositories/branch-rule.ts'
import { main as verify } from '../src/verifier/main.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { makeProposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const run = promisify(execFile)

interface Statement {
  subject: { digest: { gitCommit: string }; annotations: { sourceRefs: string[] } }[]
  predicateType: string
  predicate: Record<string, unknown>
}
const statementOf = (envelope: SourceAttestation['summary']): Statement =>
  JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Statement

for (const store of eitherStore)
  describe(`what the instance says of each change, on ${store.name}`, () => {
    test('stands in the repository, signed so that stock tools check it, and is honest about its level', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const repository = await makeProposing(postern, ana, 'payments/api')
      const number = await repository.propose('change')
      const { mergeOid } = await repository.merge(ana, number)
      const read = async (oid: string) =>
        (await ana.call<{ items: SourceAttestation[] }>('GET', `${repository.path}/commits/${oid}/attestations`)).items

      const [said, ...more] = await read(mergeOid)
      assert.ok(said !== undefined && more.length === 0)
      assert.equal(said.level, 'SLSA_SOURCE_LEVEL_3')
      const summary = statementOf(said.summary)
      assert.equal(summary.predicateType, 'https://slsa.dev/verification_summary/v1')
      assert.deepEqual(summary.subject, [
        { annotations: { sourceRefs: ['refs/heads/main'] }, digest: { gitCommit: mergeOid } },
      ])
      const provenance = Buffer.from(said.provenance.payload, 'base64')
      const { policyDigest, ...happened } = statementOf(said.provenance).predicate as Record<string, string>
      const { timeVerified, ...verified } = summary.predicate
      assert.equal(timeVerified, happened['updatedAt'])
      const uri = `git+${postern.origin}/payments/api`
      assert.deepEqual(verified, {
        verifier: { id: `${postern.origin}/-/source-attestations` },
        resourceUri: uri,
        policy: { uri: `${postern.origin}/-/guardrails`, digest: { sha256: policyDigest?.replace('sha256:', '') } },
        inputAttestations: [
          { uri: 'urn:postern:source-provenance:v1', digest: { sha256: hash('sha256', provenance, 'hex') } },
        ],
        verificationResult: 'PASSED',
        verifiedLevels: ['SLSA_SOURCE_LEVEL_3'],
        slsaVersion: '1.2',
      })
      assert.deepEqual(
        [happened['targetRef'], happened['targetID'], happened['pullRequest']],
        ['refs/heads/main', mergeOid, String(number)],
      )
      const { seals, controls, actor } = statementOf(said.provenance).predicate as {
        seals: { username: string; did: string }[]
        controls: { name: string; since: string }[]
        actor: { username: string }
      }
      assert.deepEqual(
        seals.map(({ username, did }) => ({ username, did })),
        [{ username: 'ana', did: 'merge' }],
      )
      assert.equal(actor.username, 'ana')
      assert.deepEqual(controls.map(({ name }) => name).sort(), ['history-kept', 'sealed-changes'])
      // The first push began the protection and nobody sealed it: the tap’s control begins with the merge.
      const kept = controls.find(({ name }) => name === 'history-kept')?.since ?? ''
      assert.equal((await read(kept))[0]?.level, 'SLSA_SOURCE_LEVEL_1')
      assert.equal(controls.find(({ name }) => name === 'sealed-changes')?.since, mergeOid)

      const squashed = await repository.merge(ana, await repository.propose('squashed'), 'squash')
      assert.deepEqual(
        (await read(squashed.mergeOid)).map(({ level }) => level),
        ['SLSA_SOURCE_LEVEL_3'],
      )

      // Stock openssl, the key from the API, and the bytes that DSSE v1 says are signed.
      const { publicKeyPem } = await ana.call<{ publicKeyPem: string }>('GET', '/source-attestations/key')
      const payload = Buffer.from(said.summary.payload, 'base64')
      const signed = Buffer.concat([
        Buffer.from(`DSSEv1 ${said.summary.payloadType.length} ${said.summary.payloadType} ${payload.length} `),
        payload,
      ])
      const file = (name: string) => join(postern.folder, name)
      await writeFile(file('key.pem'), publicKeyPem)
      await writeFile(file('signed'), signed)
      await writeFile(file('sig'), Buffer.from(said.summary.signatures[0]?.sig ?? '', 'base64'))
      const check = ['pkeyutl', '-verify', '-pubin', '-inkey', file('key.pem'), '-rawin', '-sigfile', file('sig')]
      await run('openssl', [...check, '-in', file('signed')])
      await writeFile(file('edited'), signed.toString().replace('LEVEL_3', 'LEVEL_4'))
      await assert.rejects(run('openssl', [...check, '-in', file('edited')]))

      // The same travels with the repository.
      const { git } = repository
      await git('fetch', '-q', 'origin', '+refs/postern/*:refs/postern/*')
      const names = (await git('ls-tree', '-r', '--name-only', 'refs/postern/attestations')).trim().split('\n')
      const own = names.find((name) => name.startsWith(`${mergeOid.slice(0, 2)}/${mergeOid}/`)) ?? ''
      const lines = (await git('show', `refs/postern/attestations:${own}`)).trim().split('\n')
      assert.deepEqual(
        lines.map((line) => JSON.parse(line) as unknown),
        [said.provenance, said.summary],
      )
      assert.equal((await git('show', 'refs/postern/attestations:key.pem')).trim(), publicKeyPem.trim())

      // A server that fell over before it had said it says it when it starts, and the same.
      await postern.postern.ceremonies.database.write((tx) =>
        tx.deleteFrom('sourceAttestation').where('oid', '=', mergeOid).execute(),
      )
      assert.deepEqual(await read(mergeOid), [])
      await postern.restart()
      const again = await until(
        () => read(mergeOid),
        (items) => items.length > 0,
      )
      assert.deepEqual(
        again.map(({ summary: once, provenance: how }) => [once, how]),
        [[said.summary, said.provenance]],
      )
    })

    test('a merge past the rule ends what the rule held, and nothing is said of it that is not so', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben')
      const repository = await makeProposing(postern, ana, 'payments/api')
      await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
      const rulePath = `${repository.path}/protected-branches/main/rule`
      const { rule } = await ana.call<{ rule: BranchRule }>('GET', rulePath)
      const ways = { methods: ['merge', 'rebase'], stockVerifiableOnly: false }
      const asked = {
        approvals: 1,
        agentApprovals: 1,
        resolveThreads: true,
        bypass: ['repository-role:admin'],
        ...ways,
      }
      await ana.act('PUT', rulePath, { ...rule, ...asked })
      const said = async (oid: string) => {
        const { items } = await ana.call<{ items: SourceAttestation[] }>(
          'GET',
          `${repository.path}/commits/${oid}/attestations`,
        )
        const [first] = items
        assert.ok(first !== undefined)
        const { controls } = statementOf(first.provenance).predicate as { controls: { name: string; since: string }[] }
        return { level: first.level, since: Object.fromEntries(controls.map(({ name, since }) => [name, since])) }
      }
      const approve = async (person: Person, number: number): Promise<void> => {
        const pullRequest = `${repository.path}/pull-requests/${number}`
        const { headOid } = await person.call<PullRequestView>('GET', pullRequest)
        const review = { verdict: 'approved', body: '', headOid }
        const { sealRequest } = await person.call<ReviewMade>('POST', `${pullRequest}/reviews`, review)
        await person.tap(sealRequest?.id ?? '')
      }
      const approved = async (branch: string, given?: number, method?: string) => {
        const number = given ?? (await repository.propose(branch))
        await approve(ben, number)
        return (await repository.merge(ana, number, method)).mergeOid
      }
      const first = await approved('first')
      const before = await said(first)
      assert.equal(before.level, 'SLSA_SOURCE_LEVEL_4')
      assert.equal(before.since['two-party'], first)

      // Both sides make the same change, and one of them takes it back again: merging keeps it, a rebase takes it away.
      const { git } = repository
      const write = (file: string, text: string) =>
        writeFile(join(postern.folder, 'work-payments-api', file), `${text}\n`)
      const commit = async (words: string): Promise<void> => {
        await git('add', '--all')
        await git('-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', 'commit', '-q', '-m', words)
      }
      const open = async (branch: string): Promise<number> => {
        await git('push', '-q', 'origin', branch)
        const body = { title: branch, description: '', sourceBranch: branch, targetBranch: 'main' }
        return (await ana.call<{ number: number }>('POST', `${repository.path}/pull-requests`, body)).number
      }
      await git('fetch', '-q', 'origin', 'main')
      await git('switch', '-q', '-c', 'forth-and-back', 'FETCH_HEAD')
      await write('README.md', 'otherwise')
      await commit('Forth')
      await write('README.md', 'README.md')
      await write('back.txt', 'back')
      await commit('Back')
      await git('switch', '-q', '-c', 'forth', 'FETCH_HEAD')
      await write('README.md', 'otherwise')
      await commit('The same by somebody else')
      assert.equal((await said(await approved('forth', await open('forth')))).level, 'SLSA_SOURCE_LEVEL_4')
      await refused(approved('forth-and-back', await open('forth-and-back'), 'rebase'), 409, 'not-as-read')

      // The verifier, from a clone alone, says the same of each.
      const clone = join(postern.folder, 'verified')
      const refs = ['postern', 'pull'].flatMap((name) => ['-c', `remote.origin.fetch=+refs/${name}/*:refs/${name}/*`])
      await git('clone', '-q', ...refs, `${postern.origin}/payments/api.git`, clone)
      let json = ''
      await verify([clone, '--json'], { out: (part) => (json += part), err: () => {} })
      const { changes } = JSON.parse(json) as { changes: { oid: string; level: number }[] }
      const proven = changes.filter(({ level }) => level > 1)
      assert.equal(proven.length, 2, json)
      for (const { oid, level } of proven) assert.equal((await said(oid)).level, `SLSA_SOURCE_LEVEL_${level}`, oid)
      await git('switch', '-q', 'main')

      const pullRequest = `${repository.path}/pull-requests/${await repository.propose('urgent')}`
      const body = { method: 'merge', bypass: { reason: 'The shop is down and nobody else is awake.' } }
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
        'POST',
        `${pullRequest}/merge-preparation`,
        body,
      )
      const seal = await ana.tap(sealRequestId)
      const merged = await ana.call<{ mergeOid: string }>('POST', `${pullRequest}/merge`, body, {
        'postern-seal': seal,
      })
      const past = await said(merged.mergeOid)
      assert.equal(past.level, 'SLSA_SOURCE_LEVEL_3')
      assert.deepEqual(Object.keys(past.since).sort(), ['history-kept', 'sealed-changes'])

      const again = await approved('again')
      const after = await said(again)
      assert.equal(after.level, 'SLSA_SOURCE_LEVEL_4')
      assert.deepEqual([after.since['two-party'], after.since['resolved-threads']], [again, again])
      assert.equal(after.since['sealed-changes'], before.since['sealed-changes'])

      // Off for a moment in which nothing landed, it begins anew all the same; what stayed on goes on.
      const { rule: strict } = await ana.call<{ rule: BranchRule }>('GET', rulePath)
      const loose = { ...strict, approvals: 0, agentApprovals: 0 }
      await ana.act('PUT', rulePath, loose)
      await ana.act('PUT', rulePath, strict)
      const restored = await approved('restored')
      const anew = await said(restored)
      assert.equal(anew.level, 'SLSA_SOURCE_LEVEL_4')
      assert.deepEqual([anew.since['two-party'], anew.since['resolved-threads']], [restored, again])
      // Two people who were not asked for are no control.
      await ana.act('PUT', rulePath, loose)
      const unaskedOid = await approved('unasked')
      const unasked = await said(unaskedOid)
      assert.deepEqual([unasked.level, unasked.since['two-party']], ['SLSA_SOURCE_LEVEL_3', undefined])
      await ana.act('PUT', rulePath, strict)
      // Said late, by a server that fell over before it had: a rule that was made since held nothing of it.
      await postern.postern.ceremonies.database.write((tx) =>
        tx.deleteFrom('sourceAttestation').where('oid', '=', unaskedOid).execute(),
      )
      await postern.restart()
      const late = await until(
        () => said(unaskedOid).catch(() => undefined),
        (one) => one !== undefined,
      )
      assert.deepEqual(late, unasked)

      // Whoever may not write any more when it lands was no second pair of eyes, whatever they had tapped.
      const dora = await postern.join(ana, 'dora')
      for (const [role, level] of [
        ['write', 'SLSA_SOURCE_LEVEL_4'],
        ['read', 'SLSA_SOURCE_LEVEL_3'],
      ] as const) {
        const place = `${repository.path}/members/user/dora`
        await ana.act('PUT', place, { role: 'write' })
        const left = await repository.propose(`dora-may-${role}`)
        await approve(dora, left)
        await approve(ben, left)
        await ana.act('PUT', place, { role })
        assert.equal((await said((await repository.merge(ben, left)).mergeOid)).level, level)
      }

      // A key that may be in wrong hands agrees to nothing that lands from then on, whatever it tapped before.
      const number = await repository.propose('stolen')
      await approve(ben, number)
      const spare = new SoftwareAuthenticator()
      const { id: kept } = await ben.addPasskey(spare, 'spare')
      const keys = await ben.call<{ items: { id: string }[] }>('GET', '/me/credentials')
      const stolen = keys.items.find(({ id }) => id !== kept)
      const later = new Person(ben.origin, spare)
      await later.signIn()
      await later.act('DELETE', `/me/credentials/${stolen?.id}`, { compromised: true })
      const view = await ana.call<PullRequestView>('GET', `${repository.path}/pull-requests/${number}`)
      assert.equal(view.mergeability.state, 'not-ready')
      await refused(repository.merge(ana, number), 409, 'not-ready')
      const cleo = await postern.join(ana, 'cleo')
      await ana.act('PUT', `${repository.path}/members/user/cleo`, { role: 'write' })
      await approve(cleo, number)
      const { mergeOid } = await repository.merge(ana, number)
      assert.equal((await said(mergeOid)).level, 'SLSA_SOURCE_LEVEL_4')
      const { items } = await ana.call<{ items: SourceAttestation[] }>(
        'GET',
        `${repository.path}/commits/${mergeOid}/attestations`,
      )
      const [{ provenance }] = items as [SourceAttestation]
      const { seals } = statementOf(provenance).predicate as { seals: { username: string; did: string }[] }
      assert.deepEqual(
        seals.map(({ username, did }) => `${username} ${did}`),
        ['ana merge', 'cleo approve'],
      )
      await git('-C', clone, 'pull', '-q')
      json = ''
      await verify([clone, '--json'], { out: (part) => (json += part), err: () => {} })
      const report = JSON.parse(json) as {
        changes: { oid: string; level: number; notCounted: { username: string }[] }[]
      }
      const last = report.changes.find(({ oid }) => oid === mergeOid)
      assert.deepEqual([last?.level, last?.notCounted.map(({ username }) => username)], [4, ['ben']], json)
    })
  })
