import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildClient } from '../commands/bundles.ts'

let folder: string
let bundle: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-client-'))
  bundle = join(folder, 'postern.mjs')
  await buildClient(bundle)
})
after(() => rm(folder, { recursive: true }))

/** The Node that a person without this project's packages has. */
function systemNode(): { path: string; version: number } | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((one) => !one.includes('node_modules'))
  for (const one of folders) {
    const { status, stdout } = spawnSync(join(one, 'node'), ['-p', 'process.versions.node'])
    if (status === 0) return { path: join(one, 'node'), version: Number.parseInt(stdout.toString(), 10) }
  }
  return undefined
}

test('the bundle is one executable file that imports nothing but Node', async () => {
  const source = await readFile(bundle, 'utf8')
  assert.ok(source.startsWith('#!/usr/bin/env node\n'))
  const imported = [...source.matchAll(/^import .* from ["'](.*)["'];?$/gm)].map((found) => found[1] ?? '')
  assert.ok(imported.length > 0)
  assert.deepEqual(
    imported.filter((name) => !name.startsWith('node:')),
    [],
  )
})

for (const [name, node] of [
  ['the Node of this project', { path: process.execPath, version: 26 }],
  ['the Node of the system', systemNode()],
] as const) {
  const skip = node === undefined || node.version < 20 ? 'no other Node of at least 20 here' : false
  test(`the bundle runs under ${name}`, { skip }, () => {
    const run = (args: string[], input = '') =>
      spawnSync(node?.path ?? '', [bundle, ...args], { encoding: 'utf8', input, env: { HOME: folder } })
    for (const command of ['login', 'logout', 'git-credential']) {
      const { status, stdout } = run([command, '--help'])
      assert.equal(status, 0)
      assert.match(stdout, new RegExp(`^postern ${command} `))
    }
    assert.equal(run([]).status, 0)
    assert.equal(run(['nonsense']).status, 2)
    const login = run(['login', 'http://127.0.0.1:9'])
    assert.match(login.stderr, /^postern login: 127\.0\.0\.1:9 does not answer: [^\n]+\.\n[^\n]+\n$/)
    const get = run(['git-credential', 'get'], 'protocol=http\nhost=127.0.0.1:9\n\n')
    assert.deepEqual([get.status, get.stdout], [1, ''])
  })
}
