import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { acts } from '../src/policy/acts.ts'
import { connectionState } from '../console/pages/directory/connection-words.ts'
import type { ConnectionView } from '../src/directory/connections/shapes.ts'
import { readGuide } from './support/guide.ts'
import { connectDirectory } from './support/scim.ts'
import { startPostern } from './support/start-postern.ts'

const run = promisify(execFile)
const guide = await readGuide('directory.md')

test('the commands of the guide do what it says, by curl', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { token } = await connectDirectory(ana, 'By hand', 'other')
  const sh = async (script: string, more: Record<string, string> = {}): Promise<unknown> => {
    const { stdout } = await run('sh', ['-euc', script.replaceAll('https://git.example.com', postern.origin)], {
      env: { PATH: process.env['PATH'], TOKEN: token, ...more },
    })
    return JSON.parse(stdout)
  }
  const [add, find, end] = guide.blocks('Try it by hand', 'sh')
  const { id } = (await sh(add)) as { id: string }
  const found = (await sh(find ?? '')) as { totalResults: number; Resources: { id: string }[] }
  assert.deepEqual([found.totalResults, found.Resources[0]?.id], [1, id])
  const people = () => ana.call<{ items: { state: string }[] }>('GET', '/people?q=ana.silva')
  assert.deepEqual(
    (await people()).items.map(({ state }) => state),
    ['active'],
  )
  const ended = (await sh(end ?? '', { ID: id })) as { active: boolean }
  assert.equal(ended.active, false)
  assert.deepEqual(
    (await people()).items.map(({ state }) => state),
    ['ended'],
  )
})

test('the states and acts it names are those there are', () => {
  const now = Date.now()
  const day = 24 * 3_600_000
  const calm = { lastRequestAt: now, lastError: null, tokenExpiresAt: null }
  const words = [
    { ...calm, lastRequestAt: null },
    { ...calm, tokenExpiresAt: now - 1 },
    { ...calm, lastRequestAt: now - 3 * day },
    { ...calm, lastError: { sentence: '', at: now } },
  ].map((connection) => `_${connectionState(connection as ConnectionView, now).word}_`)
  assert.deepEqual(
    guide.rows('what it says').map(([word]) => word),
    words,
  )
  for (const act of ['directory.connect', 'directory.change', 'directory.disconnect'])
    assert.ok(Object.hasOwn(acts, act))
})
