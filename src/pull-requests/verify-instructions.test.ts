import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { merge } from './merge.ts'
import { openPullRequest } from './open.ts'
import { prepareMerge } from './prepare-merge.ts'
import { openPullRequests } from './pull-request-testing.ts'
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

  const { stock, postern, leastGit } = await readVerifyInstructions(fixture.parts, place, number)
  assert.equal(stock.length, 2)
  assert.equal(leastGit, '2.34')
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
})
