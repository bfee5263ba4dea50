import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { agentScopeWords } from '../console/pages/account/scope-words.ts'
import type { PermissionReceipt } from '../src/agents/shapes.ts'
import { TokenScope } from '../src/access-keys/shapes.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { readGuide } from './support/guide.ts'
import { makeProposing } from './support/proposed.ts'
import { startPostern } from './support/start-postern.ts'

const run = promisify(execFile)

/** The page from top to bottom, by real git, curl, jq and ssh-keygen, as its readers would. */
test('the guide about agents', async () => {
  const guide = await readGuide('agents.md')
  await using postern = await startPostern()
  const ana = await postern.owner()
  const repository = await makeProposing(postern, ana, 'payments/api')
  await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
  await ana.act('PUT', `${repository.path}/members/user/robot`, { role: 'write' })
  const scopes = guide.rows('scope').map(([scope = '']) => scope.replaceAll('`', ''))
  assert.deepEqual(
    scopes.toSorted(),
    TokenScope.anyOf
      .map((one) => one.const)
      .filter((scope) => scope !== 'act')
      .toSorted(),
  )
  assert.deepEqual(
    guide.rows('scope').map(([, label]) => label),
    scopes.map((scope) => agentScopeWords.find((words) => words.scope === scope)?.label),
  )
  const token = { name: 'robot', scopes, repositoryIds: null, expiresInDays: 1 }
  const { secret } = await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', token)
  const folder = join(postern.folder, 'robot')
  await mkdir(folder)
  const sh = async (script: string, more: Record<string, string> = {}): Promise<string> => {
    const env = { ...process.env, TOKEN: secret, PERSON: 'ana@localhost', ...more }
    const text = script.replaceAll('https://git.example.com', postern.origin)
    return (await run('sh', ['-euc', text], { cwd: folder, env })).stdout
  }

  await gitOrThrow(postern.folder, [
    ...withToken(secret),
    'clone',
    '--quiet',
    `${postern.origin}/payments/api.git`,
    'robot',
  ])
  await gitOrThrow(
    folder,
    ['commit', '--quiet', '--allow-empty', '--message', 'By a robot'],
    commitAs('Robot', 'robot@example.com', Date.now()),
  )
  const [, , ...words] = guide.blocks('Let it propose', 'sh')[0].trim().split(' ')
  await gitOrThrow(folder, [...withToken(secret), 'push', ...words])
  const { items } = await ana.call<{ items: { author: { username: string } }[] }>(
    'GET',
    `${repository.path}/pull-requests`,
  )
  assert.deepEqual(
    items.map(({ author }) => author.username),
    ['robot'],
  )

  await writeFile(join(folder, 'plan.txt'), 'restart one node after the other\n')
  const [ask, wait = ''] = guide.blocks('Let it ask', 'sh')
  await sh(ask)
  const asked = JSON.parse(await readFile(join(folder, 'asked.json'), 'utf8')) as { sealRequests: string[] }
  const waits = sh(wait)
  await ana.tap(asked.sealRequests[0] ?? '')
  assert.equal((JSON.parse(await waits) as { state: string }).state, 'sealed')

  const [fetched, signed = '', meant = ''] = guide.blocks('Carry the receipt on', 'sh')
  await sh(fetched)
  const receipt = JSON.parse(await readFile(join(folder, 'receipt.json'), 'utf8')) as PermissionReceipt
  await writeFile(join(folder, 'allowed_signers'), `${receipt.allowedSigner}\n`)
  assert.match(await sh(signed), /^Good "approval@postern" signature for ana@localhost/)
  await sh(meant)
  // Another plan, another request, another person.
  await writeFile(join(folder, 'plan.txt'), 'restart all at once\n')
  await assert.rejects(sh(meant))
  await assert.rejects(sh(signed, { PERSON: 'ben@localhost' }))
})
