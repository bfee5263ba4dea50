import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { ReviewMade } from '../src/pull-requests/review/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type { SourceAttestation } from '../src/provenance/shapes.ts'
import type { BranchRule } from '../src/repositories/branch-rule.ts'
import { makeProposing } from './support/proposed.ts'
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
      assert.deepEqual(summary.predicate['verifiedLevels'], ['SLSA_SOURCE_LEVEL_3'])
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
    })

    test('a merge past the rule ends what the rule held, and nothing is said of it that is not so', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben')
      const repository = await makeProposing(postern, ana, 'payments/api')
      await ana.act('PUT', `${repository.path}/members/user/ben`, { role: 'write' })
      const rulePath = `${repository.path}/protected-branches/main/rule`
      const { rule } = await ana.call<{ rule: BranchRule }>('GET', rulePath)
      const asked = { approvals: 1, agentApprovals: 1, resolveThreads: true, bypass: ['repository-role:admin'] }
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
      const approved = async (branch: string) => {
        const number = await repository.propose(branch)
        const pullRequest = `${repository.path}/pull-requests/${number}`
        const { headOid } = await ben.call<PullRequestView>('GET', pullRequest)
        const review = { verdict: 'approved', body: '', headOid }
        const { sealRequest } = await ben.call<ReviewMade>('POST', `${pullRequest}/reviews`, review)
        await ben.tap(sealRequest?.id ?? '')
        return (await repository.merge(ana, number)).mergeOid
      }
      const first = await approved('first')
      const before = await said(first)
      assert.equal(before.level, 'SLSA_SOURCE_LEVEL_4')
      assert.equal(before.since['two-party'], first)

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
    })
  })
