import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { asPattern, readGuide } from './support/guide.ts'
import { startPostern } from './support/start-postern.ts'

const guide = await readGuide('first-merge.md')

/** The page from the push on, by stock git, as whoever is new here would type it. */
test('the guide to a first merge', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  const token = await ana.makeToken('laptop')
  const work = join(postern.folder, 'work')
  await mkdir(work)
  const here = (text: string): string => text.replaceAll('http://localhost:7400', postern.origin)
  const { PATH = '' } = process.env
  const env = {
    PATH,
    HOME: work,
    GIT_TERMINAL_PROMPT: '0',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'Ana'],
        [`GIT_${who}_EMAIL`, 'ana@example.com'],
      ]),
    ),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`ana:${token}`).toString('base64')}`,
  }
  async function sh(script: string, cwd = work): Promise<{ code: number; said: string }> {
    const shell = spawn('sh', ['-ec', here(script)], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [code] = (await once(shell, 'close')) as [number]
    return { code, said }
  }
  const saysAll = (said: string, shown: string): void => {
    for (const line of here(shown).trim().split('\n')) assert.match(said, asPattern(line))
  }
  const [first, more = ''] = guide.blocks('4. Push', 'sh')
  const begun = await sh(first)
  assert.equal(begun.code, 0, begun.said)
  const widgets = join(work, 'widgets')
  const path = '/projects/acme/repositories/widgets'
  const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
    'POST',
    `${path}/protected-branches/main/start-seal`,
    {},
  )
  await ana.call('POST', `${path}/protected-branches/main/start`, {}, { 'postern-seal': await ana.tap(sealRequestId) })

  const refused = await sh(more, widgets)
  assert.notEqual(refused.code, 0)
  saysAll(refused.said, guide.blocks('4. Push', '')[0])
  const proposed = await sh(guide.blocks('5. Open a pull request', 'sh')[0], widgets)
  assert.equal(proposed.code, 0, proposed.said)
  saysAll(proposed.said, guide.blocks('5. Open a pull request', '')[0])

  const wanted = { title: 'Say more', description: '', sourceBranch: 'my-change', targetBranch: 'main' }
  const { number } = await ana.call<{ number: number }>('POST', `${path}/pull-requests`, wanted)
  const asked = await ana.call<{ sealRequestId: string }>('POST', `${path}/pull-requests/${number}/merge-preparation`, {
    method: 'merge',
  })
  const seal = await ana.tap(asked.sealRequestId)
  await ana.call('POST', `${path}/pull-requests/${number}/merge`, { method: 'merge' }, { 'postern-seal': seal })
  const checked = await sh(guide.blocks('6. Merge with a tap', 'sh')[0])
  assert.equal(checked.code, 0, checked.said)
  saysAll(checked.said, guide.blocks('6. Merge with a tap', '')[0])
})
