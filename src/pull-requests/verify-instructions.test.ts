import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { coseFingerprint } from '../protocols/sshsig/cose-fingerprint.ts'
import { merge } from './merge.ts'
import { openPullRequest } from './open.ts'
import { prepareMerge } from './prepare-merge.ts'
import { openPullRequests } from './pull-request-testing.ts'
import type { Id } from '../database/id.ts'
import { revokeKey } from '../repositories/revoked-keys.ts'
import { readVerifyInstructions } from './verify-instructions.ts'

test('the two lines of the merged page, pasted into a shell, verify the merge of a private repository', async () => {
  await using fixture = await openPullRequests()
  const ana = await fixture.addTapper('ana-lee', 'owner')
  const { place, push } = await fixture.addProtected('ledger', ana)
  await push('work', { work: '1' }, 'main')
  const wanted = { title: 'Work', description: '', sourceBranch: 'work', targetBranch: 'main' }
  const { number } = await openPullRequest(fixture.parts, place, ana.caller, wanted)
  await assert.rejects(readVerifyInstructions(fixture.parts, place, number), { code: 'not-merged' })
  const question = { place, caller: ana.caller, number, method: 'merge' as const }
  const { sealRequestId } = await prepareMerge(fixture.parts, question)
  await merge(fixture.parts, { ...question, sealId: await ana.tap(sealRequestId) })

  const { stock, stockRevoking, postern, leastGit, leastOpenssh } = await readVerifyInstructions(
    fixture.parts,
    place,
    number,
  )
  assert.equal(stock.length, 2)
  assert.deepEqual(stockRevoking, [])
  assert.deepEqual([leastGit, leastOpenssh], ['2.34', '8.4'])
  assert.match(
    postern.join('\n'),
    /^curl -fsSO http:\/\/localhost:7400\/-\/postern-verify\.mjs\nnode postern-verify\.mjs http:\/\/localhost:7400\/payments\/ledger\.git --trust SHA256:[\w+/]{43}$/,
  )
  const home = await mkdtemp(join(fixture.folder, 'paste-'))
  // The server of this test listens elsewhere, and asks for a token, as the credential helper of a user would give it.
  const url = fixture.url(place, await fixture.addToken(ana.caller, ['repository:read']))
  const script = stock.join('\n').replace('http://localhost:7400/payments/ledger.git', url)
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: 'Host: localhost:7400',
  }
  const { stderr } = await promisify(execFile)('sh', ['-ec', script], { cwd: home, env })
  assert.match(stderr, /Good "git" signature for ana-lee@localhost/)

  // Once her key may be in wrong hands, the lines for that make stock git refuse it.
  await lose(fixture, ana.caller.id)
  const after = await readVerifyInstructions(fixture.parts, place, number)
  assert.deepEqual([after.leastGit, after.leastOpenssh], ['2.35', '9.1'])
  const lines = after.stockRevoking
  assert.match(lines.join('\n'), /-c gpg\.ssh\.revocationFile=\.git\/revoked_keys verify-commit [0-9a-f]{40}$/)
})

async function lose(
  { parts: { database } }: Awaited<ReturnType<typeof openPullRequests>>,
  userId: Id<'usr'>,
): Promise<void> {
  const at = Date.now()
  await database.write(async (tx) => {
    const record = await tx
      .selectFrom('credentialRecord')
      .select('id')
      .where('userId', '=', userId)
      .executeTakeFirstOrThrow()
    await tx.updateTable('credentialRecord').set({ endedAt: at }).where('id', '=', record.id).execute()
    await revokeKey(tx, record.id, at)
  })
}

test('the command names every root that a signer stands on, and no key that only the server speaks for', async () => {
  await using fixture = await openPullRequests()
  const { database } = fixture.parts
  const ana = await fixture.addTapper('ana-lee', 'owner')
  const bo = await fixture.addTapper('bo-bell', 'admin')
  // As the next owner's link from the shell leaves them.
  const cy = await fixture.addTapper('cy-cole', 'admin')
  await database.write(async (tx) => {
    const { createdAt } = await tx
      .selectFrom('credentialRecord')
      .select('createdAt')
      .where('userId', '=', cy.caller.id)
      .executeTakeFirstOrThrow()
    await tx.updateTable('user').set({ role: 'owner' }).where('id', '=', cy.caller.id).execute()
    const link = tx.updateTable('registrationLink').set({ purpose: 'next-owner' })
    await link.where('userId', '=', cy.caller.id).where('consumedAt', '=', createdAt).execute()
  })
  const fingerprintOf = async ({ caller }: typeof ana): Promise<string> => {
    const record = await database.read
      .selectFrom('credentialRecord')
      .select(['publicKey', 'rpId'])
      .where('userId', '=', caller.id)
      .executeTakeFirstOrThrow()
    return coseFingerprint(Buffer.from(record.publicKey, 'base64url'), record.rpId)
  }
  const { place, push } = await fixture.addProtected('ledger', ana)
  const merged = async (by: typeof ana, name: string): Promise<string | undefined> => {
    await push(name, { [name]: '1' }, 'main')
    const wanted = { title: name, description: '', sourceBranch: name, targetBranch: 'main' }
    const { number } = await openPullRequest(fixture.parts, place, ana.caller, wanted)
    const question = { place, caller: by.caller, number, method: 'squash' as const }
    const { sealRequestId } = await prepareMerge(fixture.parts, question)
    await merge(fixture.parts, { ...question, sealId: await by.tap(sealRequestId) })
    return (await readVerifyInstructions(fixture.parts, place, number)).postern.at(-1)?.replace(/^.*\.git /, '')
  }
  const first = `--trust ${await fingerprintOf(ana)}`
  assert.equal(await merged(bo, 'one'), first)
  assert.equal(await merged(cy, 'two'), `${first} --trust ${await fingerprintOf(cy)}`)
})
